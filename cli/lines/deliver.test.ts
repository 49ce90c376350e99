import { describe, expect, it } from "vitest";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import { deliver } from "./deliver.ts";

const accepted: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const retry = (extra: { afterMs?: number; remainder?: Uint8Array } = {}): ForwardOutcome => ({
  kind: "retry",
  afterMs: extra.afterMs,
  message: "busy",
  remainder: extra.remainder,
});

/** A next hop that gives these answers in turn, and a clock that notes how long it was slept on. */
function scene(answers: readonly ForwardOutcome[]) {
  const sent: Uint8Array[] = [];
  const sleptMs: number[] = [];
  const waits: string[] = [];
  const stop = new AbortController();
  const ports = {
    forwarder: {
      forward: async (body: Uint8Array) => {
        sent.push(body);
        return answers[sent.length - 1] ?? accepted;
      },
      close: async () => undefined,
    },
    clock: { now: () => 0, sleep: async (ms: number): Promise<void> => void sleptMs.push(ms) },
    onWait: (message: string) => void waits.push(message),
    random: () => 0.999_999,
  };
  return { sent, sleptMs, waits, stop, ports };
}
const body = Uint8Array.of(1, 2, 3);

describe("deliver", () => {
  it("does not repeat what was refused for good", async () => {
    const refused: ForwardOutcome = { kind: "refused", reason: "malformed", message: "bad" };
    const { sent, stop, ports } = scene([refused]);
    expect(await deliver(body, ports, stop.signal)).toEqual(refused);
    expect(sent).toHaveLength(1);
  });

  it("repeats until it is acknowledged, waits longer each time and tells once", async () => {
    const { sent, sleptMs, waits, stop, ports } = scene(Array.from({ length: 9 }, () => retry()));
    expect(await deliver(body, ports, stop.signal)).toEqual(accepted);
    expect(sent).toHaveLength(10);
    expect(waits).toEqual(["busy"]);
    expect(sleptMs.map(Math.round)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it("waits as long as the next hop asks", async () => {
    const { sleptMs, stop, ports } = scene([retry({ afterMs: 42 })]);
    await deliver(body, ports, stop.signal);
    expect(sleptMs).toEqual([42]);
  });

  it("repeats only what was not taken yet", async () => {
    const { sent, stop, ports } = scene([retry({ remainder: Uint8Array.of(3) }), retry()]);
    await deliver(body, ports, stop.signal);
    expect(sent).toEqual([body, Uint8Array.of(3), Uint8Array.of(3)]);
  });

  it("gives up when told to", async () => {
    const { sent, stop, ports } = scene([retry()]);
    ports.clock.sleep = async () => stop.abort();
    expect(await deliver(body, ports, stop.signal)).toEqual({ kind: "stopped" });
    expect(sent).toHaveLength(1);
  });
});
