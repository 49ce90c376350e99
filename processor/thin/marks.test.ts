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

const markWith = (
  mode: "mark" | "drop",
  base_percent: number,
  breathe: () => Promise<void> = async () => undefined,
) => {
  const mark = createMark({ mode, base_percent });
  return (own: readonly RecordView[], standings: readonly Standing[]) => mark(own, standings, breathe);
};
const drop = markWith("drop", 10);
const asMap = (marks: readonly { key: string; value: unknown }[] | undefined) =>
  Object.fromEntries((marks ?? []).map(({ key, value }) => [key, value]));

describe("records that are only marked", () => {
  it("all go on, with the share that a sampler shall keep of their like, and a randomness where they have none", async () => {
    const standings: Standing[] = ["anomaly", "context", "unknown", "rest"];
    const thinned = await markWith("mark", 2.5)(records(4), standings);
    expect(thinned.leftOut.size).toBe(0);
    expect(thinned.marks.map((marks) => asMap(marks)["sampling.priority"])).toEqual([100, 100, 100, 2.5]);
    for (const marks of thinned.marks)
      expect(Object.keys(asMap(marks))).toEqual(["sampling.priority", "sampling.randomness"]);
    const traced = await markWith("mark", 2.5)(
      records(1, () => ({ traceId: LOW })),
      ["rest"],
    );
    expect(asMap(traced.marks[0])).toEqual({ "sampling.priority": 2.5 });
  });

  it("are drawn one after each breath, so that a large request does not keep the thread", async () => {
    let breaths = 0;
    const breathe = async () => {
      breaths += 1;
    };
    await markWith("mark", 10, breathe)(records(300), []);
    expect(breaths).toBe(300);
  });
});

describe("the share that is drawn here", () => {
  it("holds of the rest what its trace id, or its own randomness, says; and everything else", async () => {
    const traces = records(4, (index) => ({ traceId: index % 2 === 0 ? HIGH : LOW }));
    expect([...(await drop(traces, ["rest", "rest", "context", "unknown"])).leftOut]).toEqual([1]);
    const own = records(2, (index) => ({
      traceId: LOW,
      attributes: { "sampling.randomness": index === 0 ? "F0000000000000" : "x" },
    }));
    expect([...(await drop(own, ["rest", "rest"])).leftOut]).toEqual([1]);
  });

  it("is none with 0 and all with 100 per cent; anomalies stay either way", async () => {
    const standings: Standing[] = ["rest", "anomaly", "rest"];
    expect([...(await markWith("drop", 0)(records(3), standings)).leftOut]).toEqual([0, 2]);
    expect((await markWith("drop", 100)(records(3), standings)).leftOut.size).toBe(0);
  });

  it("is the same whenever a record comes, and for records of one trace", async () => {
    const rest = new Array<Standing>(200).fill("rest");
    expect([...(await drop(records(200), rest)).leftOut]).toEqual([
      ...(await drop(records(200), rest)).leftOut,
    ]);
    const traces = records(200, (index) => ({
      traceId: `${"1".repeat(18)}${(index % 16).toString(16)}${"7".repeat(13)}`,
    }));
    const kept = traces.map((_, index) => index).filter((index) => index % 16 >= 14);
    const { leftOut } = await drop(traces, rest);
    expect(traces.map((_, index) => index).filter((index) => !leftOut.has(index))).toEqual(kept);
  });

  it("is what was left by a stage before, where that is less; a threshold that a record does not pass is none", async () => {
    const before = (threshold: string, traceId: string) =>
      records(1, () => ({ traceId, attributes: { "sampling.threshold": threshold } }));
    const thresholdOf = async (threshold: string, standing: Standing, traceId = HIGH) =>
      asMap((await drop(before(threshold, traceId), [standing])).marks[0])["sampling.threshold"];
    expect(await thresholdOf("c", "rest")).toBe("e666");
    expect(await thresholdOf("e8", "rest")).toBe("e8");
    expect(await thresholdOf("e8", "anomaly")).toBe("e8");
    expect(await thresholdOf("f8", "anomaly")).toBe("0");
    expect(await thresholdOf("none", "anomaly")).toBe("0");
    expect(await thresholdOf("8", "context", LOW)).toBe("0");
  });

  it("leaves counts that can be reconstructed: what stays stands for what came", async () => {
    const count = 40_000;
    const standings = Array.from(
      { length: count },
      (_, index): Standing => (index % 40 === 0 ? "anomaly" : index % 8 === 0 ? "context" : "rest"),
    );
    const { leftOut, marks, counts } = await drop(records(count), standings);
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
