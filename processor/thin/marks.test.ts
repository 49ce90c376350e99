import { describe, expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import type { RecordView } from "../wire/record-view.ts";
import { createMark } from "./marks.ts";
import type { Standing } from "./stream-context.ts";
import { adjustedCount, readThreshold } from "./threshold.ts";

/** The last 14 digits decide: this one passes a tenth. */
const HIGH = "0123456789abcdef00f0000000000000";
const LOW = "0123456789abcdef0010000000000000";

function records(
  count: number,
  more: (index: number) => { traceId?: string; attributes?: Record<string, string> } = () => ({}),
): readonly RecordView[] {
  return readRequest(
    encodeRequest([
      {
        attributes: { "service.name": "shop" },
        records: Array.from({ length: count }, (_, index) => ({
          timeUnixNano: BigInt(1_000 + index),
          body: `order ${index} shipped`,
          ...more(index),
        })),
      },
    ]),
  ).records;
}

const drop = createMark({ mode: "drop", base_percent: 10 });
const asMap = (marks: readonly { key: string; value: unknown }[] | undefined) =>
  Object.fromEntries((marks ?? []).map(({ key, value }) => [key, value]));

describe("records that are only marked", () => {
  it("all go on, with the share that a sampler shall keep of their like, and a randomness where they have none", () => {
    const standings: Standing[] = ["anomaly", "context", "unknown", "rest"];
    const thinned = createMark({ mode: "mark", base_percent: 2.5 })(records(4), standings);
    expect(thinned.leftOut.size).toBe(0);
    expect(thinned.marks.map((marks) => asMap(marks)["sampling.priority"])).toEqual([100, 100, 100, 2.5]);
    for (const marks of thinned.marks)
      expect(Object.keys(asMap(marks))).toEqual(["sampling.priority", "sampling.randomness"]);
    const traced = createMark({ mode: "mark", base_percent: 2.5 })(
      records(1, () => ({ traceId: LOW })),
      ["rest"],
    );
    expect(asMap(traced.marks[0])).toEqual({ "sampling.priority": 2.5 });
  });
});

describe("the share that is drawn here", () => {
  it("holds of the rest what its trace id, or its own randomness, says; and everything else", () => {
    const traces = records(4, (index) => ({ traceId: index % 2 === 0 ? HIGH : LOW }));
    expect([...drop(traces, ["rest", "rest", "context", "unknown"]).leftOut]).toEqual([1]);
    const own = records(2, (index) => ({
      traceId: LOW,
      attributes: { "sampling.randomness": index === 0 ? "F0000000000000" : "x" },
    }));
    expect([...drop(own, ["rest", "rest"]).leftOut]).toEqual([1]);
  });

  it("is none with 0 and all with 100 per cent; anomalies stay either way", () => {
    const standings: Standing[] = ["rest", "anomaly", "rest"];
    expect([...createMark({ mode: "drop", base_percent: 0 })(records(3), standings).leftOut]).toEqual([0, 2]);
    expect(createMark({ mode: "drop", base_percent: 100 })(records(3), standings).leftOut.size).toBe(0);
  });

  it("is the same whenever a record comes, and for records of one trace", () => {
    const rest = new Array<Standing>(200).fill("rest");
    expect([...drop(records(200), rest).leftOut]).toEqual([...drop(records(200), rest).leftOut]);
    const traces = records(200, (index) => ({
      traceId: `${"1".repeat(18)}${(index % 16).toString(16)}${"7".repeat(13)}`,
    }));
    const kept = traces.map((_, index) => index).filter((index) => index % 16 >= 14);
    const { leftOut } = drop(traces, rest);
    expect(traces.map((_, index) => index).filter((index) => !leftOut.has(index))).toEqual(kept);
  });

  it("is what was left by a stage before, where that is less; a threshold that a record does not pass is none", () => {
    const before = (threshold: string, traceId: string) =>
      records(1, () => ({ traceId, attributes: { "sampling.threshold": threshold } }));
    const thresholdOf = (threshold: string, standing: Standing, traceId = HIGH) =>
      asMap(drop(before(threshold, traceId), [standing]).marks[0])["sampling.threshold"];
    expect(thresholdOf("c", "rest")).toBe("e666");
    expect(thresholdOf("e8", "rest")).toBe("e8");
    expect(thresholdOf("e8", "anomaly")).toBe("e8");
    expect(thresholdOf("f8", "anomaly")).toBe("0");
    expect(thresholdOf("none", "anomaly")).toBe("0");
    expect(thresholdOf("8", "context", LOW)).toBe("0");
  });

  it("leaves counts that can be reconstructed: what stays stands for what came", () => {
    const count = 40_000;
    const standings = Array.from(
      { length: count },
      (_, index): Standing => (index % 40 === 0 ? "anomaly" : index % 8 === 0 ? "context" : "rest"),
    );
    const { leftOut, marks, counts } = drop(records(count), standings);
    const stands = marks.flatMap((own, index) => {
      if (leftOut.has(index)) return [];
      return adjustedCount(readThreshold(asMap(own)["sampling.threshold"]) ?? "");
    });
    const rest = counts.get("rest") ?? 0;
    expect(stands.length).toBe(count - leftOut.size);
    // Five times the spread of a draw of one in ten.
    const spread = 5 * Math.sqrt(rest * 0.1 * 0.9) * 10;
    expect(Math.abs(stands.reduce((sum, one) => sum + one, 0) - count)).toBeLessThan(spread);
    expect([counts.get("anomaly"), rest + (counts.get("context") ?? 0)]).toEqual([1_000, 39_000]);
  });
});
