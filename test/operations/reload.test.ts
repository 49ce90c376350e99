import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readRequest } from "../../processor/wire/read-request.ts";
import { createLedger, type Ledger } from "../faults/ledger.ts";
import { numbersIn } from "../faults/numbered-requests.ts";
import { type RecordingHop, startRecordingHop } from "../faults/recording-hop.ts";
import { type Sender, startSender } from "../faults/sender.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";

let ledger: Ledger;
let hop: RecordingHop;
let logbert: LogbertProcess;
let senders: readonly Sender[];
/** What the next hop got last. */
let latest: Uint8Array;

beforeEach(async () => {
  ledger = createLedger();
  hop = await startRecordingHop("grpc", (body) => {
    ledger.arrived(numbersIn(body));
    latest = body;
  });
  logbert = await startLogbert({ settings: { forward: { endpoint: hop.address } } });
  senders = (["grpc", "http"] as const).map((protocol) =>
    startSender({
      protocol,
      address: `127.0.0.1:${logbert.ports[protocol]}`,
      stream: protocol,
      recordsEach: 20,
      ledger,
    }),
  );
});
afterEach(async () => {
  await logbert.stop();
  await hop.down();
});

function configure(change: (config: Record<string, Record<string, unknown>>) => void): void {
  const config: Record<string, Record<string, unknown>> = parse(readFileSync(logbert.configFile, "utf8"));
  change(config);
  writeFileSync(logbert.configFile, stringify(config));
}

/** Asks for a reload and waits for what the log says of it. */
async function hangUp(said: string, times = 1): Promise<void> {
  process.kill(logbert.pid, "SIGHUP");
  await waitFor(said, async () => logbert.stderr().split(said).length > times || undefined);
}

async function moreArrives(): Promise<void> {
  const before = senders.map(({ done }) => done());
  await waitFor("more to arrive", async () =>
    senders.every(({ done }, i) => done() >= (before[i] ?? 0) + 3) ? true : undefined,
  );
}

/** Everything arrives, and what was acknowledged did so once. */
async function nothingIsLost(): Promise<void> {
  await Promise.all(senders.map(({ finish }) => finish()));
  expect(ledger.account()).toMatchObject({ lost: [], doubled: [], disordered: [], refused: 0 });
}

describe("SIGHUP under load", () => {
  it("goes over to the changed configuration, and nothing is lost", async () => {
    await moreArrives();
    configure((config) => {
      config["telemetry"] = { ...config["telemetry"], log_level: "DEBUG" };
      config["attributes"] = { prefix: "odd" };
    });
    await hangUp("logbert is running", 2);
    await moreArrives();
    expect(readRequest(latest).records[0]?.attribute("odd.score")).toEqual(expect.any(Number));
    await nothingIsLost();
    expect(await logbert.stop()).toBe(0);
  });

  it("that finds a configuration that is not valid changes nothing and says what is wrong", async () => {
    await moreArrives();
    configure((config) => {
      config["receive"] = { ...config["receive"], max_request_bytes: -1 };
    });
    await hangUp("going on with the one before");
    expect(logbert.stderr()).toContain("receive.max_request_bytes");
    expect(logbert.stderr().split("logbert is running")).toHaveLength(2);
    await moreArrives();
    await nothingIsLost();
  });

  it("that finds a configuration that cannot run goes back to the one before", async () => {
    await moreArrives();
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise<void>((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    configure((config) => {
      const takenPort = typeof address === "object" ? address?.port : undefined;
      config["telemetry"] = { ...config["telemetry"], metrics_endpoint: `127.0.0.1:${takenPort}` };
    });
    await hangUp("logbert is running", 2);
    expect(logbert.stderr()).toContain("going back to the one before");
    expect(logbert.stderr()).toContain("telemetry.metrics_endpoint");
    await moreArrives();
    await nothingIsLost();
    taken.close();
  });

  it("that finds nothing changed goes on", async () => {
    await hangUp("the configuration has not changed");
    await moreArrives();
    await nothingIsLost();
    expect(logbert.stderr().split("logbert is running")).toHaveLength(2);
  });
});
