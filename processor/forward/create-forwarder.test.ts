import { describe, expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { forwardConfig } from "./config.ts";
import { createForwarder, inParts } from "./create-forwarder.ts";
import { createForwardMonitor } from "./forward-monitor.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";

const PART_BYTES = 1_024;
const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const away: ForwardOutcome = { kind: "retry", afterMs: 5, message: "away" };
const no: ForwardOutcome = { kind: "refused", reason: "malformed", message: "no" };
const never = new AbortController().signal;

const requestOf = (records: number, text = "some text to fill the message with", attributes = {}) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop", ...attributes },
      records: Array.from({ length: records }, (_, i) => ({ timeUnixNano: 1n, body: `${text} ${i}` })),
    },
  ]);

const bodiesOf = (bytes: Uint8Array) => readRequest(bytes).records.map(({ body }) => body);

/** A next hop that gives the answers one after the other, then takes everything. */
function scripted(...answers: (ForwardOutcome | Error)[]) {
  const sent: Uint8Array[] = [];
  const forwarder = inParts(
    {
      send: async (body) => {
        sent.push(body);
        const answer = answers.shift() ?? ok;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      close: async () => undefined,
    },
    PART_BYTES,
  );
  return { forwarder, sent };
}

describe("a request that fits", () => {
  it("is sent as the very same bytes, and its answer is the next hop's", async () => {
    const request = requestOf(1);
    for (const answer of [ok, away, no]) {
      const { forwarder, sent } = scripted(answer);
      expect(await forwarder.forward(request, never)).toBe(answer);
      expect(sent[0]).toBe(request);
    }
  });

  it("is asked again when the sender breaks", async () => {
    const { forwarder } = scripted(new Error("socket hang up"));
    expect(await forwarder.forward(requestOf(1), never)).toMatchObject({ kind: "retry", afterMs: undefined });
  });
});

describe("a request that is too large", () => {
  const request = requestOf(100);

  it("goes in parts that are small enough, every record once and in order", async () => {
    const { forwarder, sent } = scripted();
    expect(await forwarder.forward(request, never)).toEqual(ok);
    expect(sent.length).toBeGreaterThan(3);
    for (const part of sent) expect(part.length).toBeLessThanOrEqual(PART_BYTES);
    expect(sent.flatMap(bodiesOf)).toEqual(bodiesOf(request));
  });

  it("stops at the first part that is not taken, and gives back exactly what is left", async () => {
    const { forwarder, sent } = scripted(ok, ok, away);
    const outcome = await forwarder.forward(request, never);
    expect(outcome).toMatchObject({ kind: "retry", afterMs: 5 });
    const rest = outcome.kind === "retry" ? (outcome.remainder ?? new Uint8Array(0)) : new Uint8Array(0);
    expect(sent).toHaveLength(3);
    expect([...sent.slice(0, 2).flatMap(bodiesOf), ...bodiesOf(rest)]).toEqual(bodiesOf(request));
  });

  it("gives back everything when its first part is not taken", async () => {
    const { forwarder } = scripted(away);
    const outcome = await forwarder.forward(request, never);
    const rest = outcome.kind === "retry" ? outcome.remainder : undefined;
    expect(bodiesOf(rest ?? request)).toEqual(bodiesOf(request));
  });

  it("is taken but for the records of the parts that were refused", async () => {
    const { forwarder, sent } = scripted(ok, no, { kind: "accepted", rejectedRecords: 2, message: "two" });
    const refused = () => bodiesOf(sent[1] ?? new Uint8Array(0)).length;
    const outcome = await forwarder.forward(request, never);
    expect(outcome).toEqual({ kind: "accepted", rejectedRecords: refused() + 2, message: "no; two" });
  });

  it("tells of the parts before, when what is left comes back, however often", async () => {
    const two: ForwardOutcome = { kind: "accepted", rejectedRecords: 2, message: "two" };
    const { forwarder, sent } = scripted(two, no, away, away, ok, away);
    const refused = () => bodiesOf(sent[1] ?? new Uint8Array(0)).length;
    let rest = request;
    for (let i = 0; i < 3; i += 1) {
      const outcome = await forwarder.forward(rest, never);
      if (outcome.kind !== "retry") throw new Error("expected a retry");
      rest = outcome.remainder ?? rest;
    }
    const outcome = await forwarder.forward(rest, never);
    expect(outcome).toEqual({ kind: "accepted", rejectedRecords: 2 + refused(), message: "two; no" });
  });

  it("whose last part is refused after a retry was taken but for that part", async () => {
    const cut = requestOf(30);
    const { forwarder, sent } = scripted(ok, away, no, no, no, no);
    const first = await forwarder.forward(cut, never);
    const rest = first.kind === "retry" ? (first.remainder ?? cut) : cut;
    const outcome = await forwarder.forward(rest, never);
    const taken = bodiesOf(sent[0] ?? new Uint8Array(0)).length;
    expect(outcome).toMatchObject({ kind: "accepted", rejectedRecords: 30 - taken });
  });

  it("is refused when every part was", async () => {
    const { forwarder } = scripted(...Array.from({ length: 100 }, () => no));
    expect(await forwarder.forward(request, never)).toEqual(no);
  });

  it("is refused for good when its resource would have to be repeated too often", async () => {
    // 60 KB of resource with each of 5,000 records: more than all parts together may have.
    const hostile = requestOf(5_000, "x".repeat(900), { blob: "y".repeat(60_000) });
    const { forwarder, sent } = scripted();
    expect(await forwarder.forward(hostile, never)).toMatchObject({ kind: "refused", reason: "too-large" });
    expect(sent).toEqual([]);
  });

  it("with a single record goes as it is: the next hop decides", async () => {
    const large = requestOf(1, "x".repeat(5_000));
    const { forwarder, sent } = scripted(no);
    expect(await forwarder.forward(large, never)).toEqual(no);
    expect(sent).toEqual([large]);
  });
});

describe("without a next hop", () => {
  it("everything is taken", async () => {
    expect(await createForwarder(forwardConfig.parse({})).forward(requestOf(1), never)).toEqual(ok);
  });
});

describe("the monitor", () => {
  it("tells how the last request went, and passes its outcome on", async () => {
    const answers = [ok, away, no];
    const monitor = createForwardMonitor(
      { forward: async () => answers.shift() ?? ok, close: async () => undefined },
      "unknown",
      () => Promise.reject(new Error("nobody has asked")),
    );
    const states = [monitor.state()];
    for (const expected of [ok, away, no]) {
      expect(await monitor.forward(requestOf(1), never)).toBe(expected);
      states.push(monitor.state());
    }
    expect(states).toEqual(["unknown", "ok", "retrying", "refusing"]);
  });

  it("of a sink stays a sink", async () => {
    const monitor = createForwardMonitor(createForwarder(forwardConfig.parse({})), "sink", async () => false);
    await monitor.look();
    await monitor.forward(requestOf(1), never);
    expect(monitor.state()).toBe("sink");
    expect(monitor.isReachable()).toBe(true);
  });

  it("looks for a next hop that has not answered since the last look", async () => {
    let isThere = true;
    const answers = [away, ok];
    const monitor = createForwardMonitor(
      { forward: async () => answers.shift() ?? ok, close: async () => undefined },
      "unknown",
      async () => isThere,
    );
    const seen = [monitor.isReachable()];
    const seenAfter = async (step: Promise<unknown>) => {
      await step;
      seen.push(monitor.isReachable());
    };
    await seenAfter(monitor.look());
    isThere = false;
    await seenAfter(monitor.forward(requestOf(1), never));
    await seenAfter(monitor.look());
    await seenAfter(monitor.forward(requestOf(1), never));
    await seenAfter(monitor.look());
    await seenAfter(monitor.look());
    expect(seen).toEqual([undefined, true, true, false, true, true, false]);
  });
});
