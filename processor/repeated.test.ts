import { describe, expect, it } from "vitest";
import { ACCEPTED, request, send, stagesUnderTest } from "../test/helpers/stages-under-test.ts";
import type { ForwardOutcome } from "./forward/forward-outcome.ts";
import { scoreRecords } from "./score-records.ts";
import { createRepeats } from "./window/repeats.ts";
import { encodeRequest } from "./wire/encode.ts";
import { readRequest } from "./wire/read-request.ts";

/** Records of {@link request}, in a request of their own. */
const some = (...indices: readonly number[]) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: indices.map((index) => ({ timeUnixNano: 1n + BigInt(index), body: `event ${"abc"[index]}` })),
    },
  ]);

const stagesThatKnow = (...changes: Parameters<typeof stagesUnderTest>) =>
  stagesUnderTest({ repeats: createRepeats(), ...changes[0] });

describe("records that were taken", () => {
  it("are not judged, taught or counted again when they come in other requests, and go on with their template", async () => {
    const { stages, seen } = stagesThatKnow();
    expect(await send(stages)).toEqual(ACCEPTED);
    expect(await send(stages, some(2, 0))).toEqual(ACCEPTED);
    expect([seen.learned, seen.unscored, seen.remembered]).toEqual([3, 2, 1]);
    const { records } = readRequest(seen.forwarded[1] ?? new Uint8Array(0));
    expect(
      records.map((record) => [
        record.body,
        record.attribute("log.record.template"),
        record.attribute("anomaly.score"),
      ]),
    ).toEqual([
      ["event c", "event c", undefined],
      ["event a", "event a", undefined],
    ]);
  });

  it("are judged where records are asked for their scores, which teaches nobody what was taken", async () => {
    const { stages, seen } = stagesThatKnow();
    const { signal } = new AbortController();
    for (let time = 1; time <= 2; time += 1) {
      expect((await scoreRecords(request, stages, signal)).kind).toBe("scored");
      await stages.lane.drained();
    }
    await send(stages);
    expect([seen.learned, seen.unscored]).toEqual([9, 0]);
    await scoreRecords(request, stages, signal);
    await stages.lane.drained();
    expect([seen.learned, seen.unscored]).toEqual([12, 0]);
  });
});

describe("records that the next hop has refused", () => {
  it("teach, once, when they come again in other requests", async () => {
    const answers: ForwardOutcome[] = [{ kind: "retry", afterMs: undefined, message: "away" }];
    const { stages, seen } = stagesThatKnow({
      forwarder: { forward: async () => answers.shift() ?? ACCEPTED, close: async () => undefined },
    });
    expect((await send(stages)).kind).toBe("retry");
    expect(await send(stages, some(0, 1))).toEqual(ACCEPTED);
    expect(await send(stages, some(2))).toEqual(ACCEPTED);
    expect([seen.learned, seen.unscored]).toEqual([3, 0]);
    expect(await send(stages, some(2, 1, 0))).toEqual(ACCEPTED);
    expect([seen.learned, seen.unscored]).toEqual([3, 3]);
  });
});
