import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createLedger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { startRecordingHop } from "./recording-hop.ts";
import { startSender } from "./sender.ts";

/** Processes that `pid` has started, whose command line names the file. */
function childrenOf(pid: number, file: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // The parent is the second field after the command's name, which stands in brackets.
        const parent = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1];
        return Number(parent) === pid && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(file);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe("the API's process, killed under load,", () => {
  it("is started again, and delivery does not notice", async () => {
    const ledger = createLedger();
    const hop = await startRecordingHop("grpc", (body) => ledger.arrived(numbersIn(body)));
    const stage = await startLogbert({ settings: { forward: { endpoint: hop.endpoint } } });
    const sender = startSender({
      protocol: "grpc",
      address: stage.grpcEndpoint,
      stream: "one",
      recordsEach: 50,
      ledger,
    });
    for (let kill = 0; kill < 2; kill += 1) {
      const [api = 0] = childrenOf(stage.pid, "api-process");
      expect(api).toBeGreaterThan(0);
      process.kill(api, "SIGKILL");
      const before = sender.done();
      await waitFor("another API that answers", async () => {
        const [other] = childrenOf(stage.pid, "api-process");
        if (other === undefined || other === api) return undefined;
        return (await fetch(`${stage.apiUrl}/readyz`).catch(() => undefined))?.ok || undefined;
      });
      expect(sender.done()).toBeGreaterThan(before);
    }
    await sender.finish();
    expect(sender.codes).toEqual([]);
    expect(ledger.account()).toMatchObject({
      lost: [],
      doubled: [],
      disordered: [],
      repeated: 0,
      refused: 0,
    });
    expect(await stage.stop()).toBe(0);
    await hop.down();
  });
});
