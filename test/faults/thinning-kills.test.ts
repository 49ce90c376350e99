import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../processor/learn/mulberry32.ts";
import { createIsInShare } from "../../processor/thin/share.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { killUnderLoad, RECORDS_EACH } from "./kill-under-load.ts";
import { createLedger, keyOf } from "./ledger.ts";
import { type NumberedRecord, numberedRequest, numbersIn } from "./numbered-requests.ts";

const CONTEXT_RECORDS = 4;
const sampling = {
  enabled: true,
  mode: "drop" as const,
  base_percent: 20,
  context_records: CONTEXT_RECORDS,
  hold_ms: 20,
  undecided: "sample",
};

/** Whether the share holds it: drawn from what was sent, which is the same whenever it is sent. */
function isInShare({ stream, number }: NumberedRecord): boolean {
  const [record] = readRequest(numberedRequest(stream, number, 1)).records;
  return record !== undefined && createIsInShare(sampling)(record);
}

const placeOf = (key: string): NumberedRecord => {
  const [stream = "", number] = key.split("/");
  return { stream, number: Number(number) };
};

/** Those after it, and those before it that were in its own request: what came earlier had gone on. */
function contextOf({ stream, number }: NumberedRecord): readonly NumberedRecord[] {
  const first = Math.max(number - (number % RECORDS_EACH), number - CONTEXT_RECORDS);
  const count = number + CONTEXT_RECORDS - first + 1;
  return Array.from({ length: count }, (_, i) => ({ stream, number: first + i }));
}

describe("a stage that thins out, and is killed under load", () => {
  it("has handed on whatever was acknowledged and is to stay: the share, anomalies and their context", async () => {
    const ledger = createLedger();
    const arrived = new Set<string>();
    const flagged = new Map<string, NumberedRecord>();
    const flaggedOnce = () => [...flagged.values()].filter((record) => ledger.answered(record).tries === 1);
    const report = await killUnderLoad(3, mulberry32(5), {
      ledger,
      settings: {
        sampling,
        // Many are flagged, and soon.
        calibrate: { learning_records: 100, alerts_per_day: 1_000_000 },
      },
      isEnough: () => flaggedOnce().length > 0,
      onArrived(body) {
        const numbers = numbersIn(body);
        for (const record of readRequest(body).records) {
          const number = numbers[record.index];
          if (number === undefined) continue;
          arrived.add(keyOf(number));
          if (record.attribute("anomaly.is_anomaly") === true) flagged.set(keyOf(number), number);
        }
      },
    });
    expect(report).toMatchObject({ kills: 3, doubled: [], refused: 0 });
    // What is sent again after a kill is judged anew, and a record may come that was left out of the first try.
    const disordered = report.disordered.map(placeOf);
    expect(disordered.filter((record) => ledger.answered(record).tries === 1)).toEqual([]);
    const missing = report.lost.map(placeOf);
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.filter(isInShare)).toEqual([]);
    const once = flaggedOnce();
    expect(once.length).toBeGreaterThan(0);
    const context = once.flatMap(contextOf).filter((record) => ledger.answered(record).isAcknowledged);
    expect(context.filter((record) => !arrived.has(keyOf(record)))).toEqual([]);
  });
});
