import { status as Code } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { type Behaviour, PROTOCOLS, type RecordingHop, startRecordingHop } from "./recording-hop.ts";
import { type Sender, startSender } from "./sender.ts";

/** Of a stage that waits for its next hop no longer, and of one for which a busy machine alone makes nothing late. */
const FORWARD_TIMEOUT_MS = 500;
const PATIENT_TIMEOUT_MS = 60_000;
const RECORDS_EACH = 30;
/** Requests that meet the fault, and that must go through after it. */
const REQUESTS = 3;

const GARBAGE = Uint8Array.from([0xff, 0xff, 0xff, 1, 2, 3]);
/** gRPC codes that a sender repeats, or that are the stage's own wrong credentials; RESOURCE_EXHAUSTED by forward.retry_resource_exhausted. */
const AGAIN_GRPC = new Set([
  Code.CANCELLED,
  Code.DEADLINE_EXCEEDED,
  Code.ABORTED,
  Code.OUT_OF_RANGE,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
  Code.UNAUTHENTICATED,
  Code.PERMISSION_DENIED,
  Code.RESOURCE_EXHAUSTED,
]);
const GRPC_CODES = Array.from({ length: 16 }, (_, i) => i + 1);
const AGAIN_HTTP = new Set([401, 403, 429, 502, 503, 504]);
const HTTP_STATUSES = [301, 400, 401, 403, 404, 408, 409, 410, 413, 415, 429, 500, 501, 502, 503, 504, 505];

describe.each(PROTOCOLS)("a next hop over %s", (protocol) => {
  let ledger: Ledger = createLedger();
  let hop: RecordingHop;
  let patient: LogbertProcess;
  let hasty: LogbertProcess;
  let streams = 0;
  beforeAll(async () => {
    hop = await startRecordingHop(protocol, (body) => ledger.arrived(numbersIn(body)));
    const start = (timeout_ms: number) =>
      startLogbert({ settings: { forward: { endpoint: hop.endpoint, timeout_ms } } });
    [patient, hasty] = await Promise.all([start(PATIENT_TIMEOUT_MS), start(FORWARD_TIMEOUT_MS)]);
  });
  afterAll(async () => {
    await Promise.all([patient.stop(), hasty.stop()]);
    await hop.down();
  });

  /** Sends while the fault lasts and after it; what became of every record. */
  async function through(fault: (sender: Sender) => Promise<void>, stage = patient) {
    ledger = createLedger();
    streams += 1;
    const sender = startSender({
      protocol,
      address: `127.0.0.1:${stage.ports[protocol]}`,
      stream: `${protocol}-${streams}`,
      recordsEach: RECORDS_EACH,
      ledger,
    });
    await fault(sender);
    hop.behave(() => ({ kind: "take" }));
    const done = sender.done() + REQUESTS;
    await waitFor("requests after the fault", () => (sender.done() >= done ? true : undefined));
    await sender.finish();
    return { account: ledger.account(), codes: sender.codes };
  }

  /** The hop behaves so for some requests; how often it was asked. */
  const whileIt = (behaviour: Behaviour) => async () => {
    let asked = 0;
    hop.behave(() => {
      asked += 1;
      return behaviour;
    });
    await waitFor("the next hop to be asked", () => (asked >= REQUESTS ? true : undefined));
  };

  const FAULTLESS = { lost: [], doubled: [], disordered: [] };

  it("that takes everything gets every record once, in order", async () => {
    const { account, codes } = await through(whileIt({ kind: "take" }));
    expect(account).toMatchObject({ ...FAULTLESS, repeated: 0, refused: 0 });
    expect(codes).toEqual([]);
  });

  it("that is down is waited for: nothing is lost, nothing comes twice", async () => {
    const { account, codes } = await through(async (sender) => {
      await hop.down();
      await waitFor("senders to be told", () => (sender.codes.length >= REQUESTS ? true : undefined));
      await hop.up();
    });
    expect(account).toMatchObject({ ...FAULTLESS, refused: 0 });
    expect(codes.length).toBeGreaterThanOrEqual(REQUESTS);
  });

  it("that is slow, but in time, gets every record once", async () => {
    const { account } = await through(whileIt({ kind: "slow", ms: FORWARD_TIMEOUT_MS / 5 }));
    expect(account).toMatchObject({ ...FAULTLESS, repeated: 0, refused: 0 });
  });

  it.each<readonly [string, Behaviour]>([
    ["that answers too late", { kind: "slow", ms: FORWARD_TIMEOUT_MS * 2 }],
    ["that takes and never answers", { kind: "silent" }],
    ["that takes and cuts the connection in the middle of its answer", { kind: "cut" }],
  ])("%s is asked again: what it has twice was sent twice", async (_, behaviour) => {
    const { account } = await through(whileIt(behaviour), hasty);
    expect(account).toMatchObject({ ...FAULTLESS, refused: 0 });
    expect(account.repeated).toBeGreaterThanOrEqual(RECORDS_EACH);
  });

  it.each<readonly [string, Behaviour]>([
    ["without a body", { kind: "body", body: new Uint8Array(0) }],
    ["with garbage", { kind: "body", body: GARBAGE }],
    ["to a part of it", { kind: "partial", rejected: 2 }],
  ])("that says success %s has it: nothing is sent again", async (_, behaviour) => {
    const { account, codes } = await through(whileIt(behaviour));
    expect(account).toMatchObject({ ...FAULTLESS, repeated: 0, refused: 0 });
    expect(codes).toEqual([]);
  });

  const codes = protocol === "grpc" ? GRPC_CODES : HTTP_STATUSES;
  const again: ReadonlySet<number> = protocol === "grpc" ? AGAIN_GRPC : AGAIN_HTTP;
  it.each(codes.filter((code) => again.has(code)))(
    "that refuses for now (%i) gets it later, once",
    async (code) => {
      const { account, codes: told } = await through(whileIt({ kind: "refuse", code, retryAfterMs: 0 }));
      expect(account).toMatchObject({ ...FAULTLESS, repeated: 0, refused: 0 });
      expect(new Set(told)).toEqual(new Set([protocol === "grpc" ? Code.UNAVAILABLE : 503]));
    },
  );

  it.each(codes.filter((code) => !again.has(code)))(
    "that refuses for good (%i) is not asked again, and the sender knows",
    async (code) => {
      const { account } = await through(whileIt({ kind: "refuse", code }));
      expect(account).toMatchObject({ ...FAULTLESS, repeated: 0 });
      expect(account.refused).toBeGreaterThanOrEqual(RECORDS_EACH * REQUESTS);
      expect(account.refused % RECORDS_EACH).toBe(0);
    },
  );

  it("that answers after its sender has given up: the retry is known, and nothing is lost", async () => {
    ledger = createLedger();
    const sender = startSender({
      protocol,
      address: `127.0.0.1:${patient.ports[protocol]}`,
      stream: `${protocol}-impatient`,
      recordsEach: RECORDS_EACH,
      ledger,
      timeoutMs: FORWARD_TIMEOUT_MS / 5,
    });
    await whileIt({ kind: "slow", ms: FORWARD_TIMEOUT_MS / 2 })();
    hop.behave(() => ({ kind: "take" }));
    const done = sender.done() + REQUESTS;
    await waitFor("requests after it", () => (sender.done() >= done ? true : undefined));
    await sender.finish();
    expect(ledger.account()).toMatchObject({ ...FAULTLESS, refused: 0 });
  });
});
