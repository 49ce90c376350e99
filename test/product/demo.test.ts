import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { waitFor } from "../helpers/wait-for.ts";

describe("the demo", () => {
  it("says where the UI is, and within a minute shows an incident that was played and flagged", async () => {
    const root = join(import.meta.dirname, "../..");
    const demo = spawn(process.execPath, [join(root, "bin/logbert.js"), "demo"], { cwd: root });
    let stdout = "";
    let stderr = "";
    demo.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
    });
    demo.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
    });
    try {
      const ended = () => {
        if (demo.exitCode !== null) throw new Error(`the demo left with ${demo.exitCode}: ${stderr}`);
      };
      const address = await waitFor("the address of the UI", () => {
        ended();
        return /UI\s+(http:\S+)/.exec(stdout)?.[1];
      });
      expect(await (await fetch(address)).text()).toContain('<div id="root">');
      const flagged = await waitFor("the first flagged incident", () => {
        ended();
        return /Flagged: (\S+) in (\S+), score (\S+)\n {2}(.+)\n/.exec(stdout) ?? undefined;
      });
      expect(stderr).toContain(`${flagged[1]} in ${flagged[2]}`);
      const link = await waitFor("its link", () => /http:\S+\/anomalies\/(\S+)/.exec(stdout)?.[1]);
      const response = await fetch(`${address}graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query: "query ($id: ID!) { anomaly(id: $id) { service explanation { summary } } }",
          variables: { id: link },
        }),
      });
      expect(await response.json()).toEqual({
        data: { anomaly: { service: flagged[2], explanation: { summary: flagged[4] } } },
      });
    } finally {
      const code = new Promise((resolve) => demo.once("exit", resolve));
      demo.kill("SIGINT");
      expect(await code).toBe(0);
    }
  });
});
