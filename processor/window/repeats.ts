import type { RecordView } from "../wire/record-view.ts";
import type { ParsedRecord } from "./sequence-window.ts";
import { createTakenRecords } from "./taken-records.ts";

/** Which records the stage has taken lately: judged or not, they are in its windows, and the next hop has acknowledged them. */
export interface Repeats {
  /** Whether a record with these bytes, of such a resource, was taken. Never of one that the sender gave no time. */
  isKnown(record: RecordView): boolean;
  /** Takes those of the request's records that were looked at. */
  take(records: readonly RecordView[], lookedAt: readonly Pick<ParsedRecord, "recordIndex">[]): void;
}

/** A record of which another one with the same bytes was taken. */
export interface KnownRecord {
  readonly record: Pick<RecordView, "fingerprint" | "timeUnixNano" | "observedTimeUnixNano">;
  readonly parsed: ParsedRecord;
}

/** @param recordsMax see {@link createTakenRecords} */
export function createRepeats(recordsMax?: number): Repeats {
  const taken = createTakenRecords(recordsMax);
  return {
    isKnown: ({ fingerprint }) => fingerprint !== 0 && taken.has(fingerprint),
    take(records, lookedAt) {
      for (const { recordIndex } of lookedAt) {
        const fingerprint = records[recordIndex]?.fingerprint ?? 0;
        if (fingerprint !== 0) taken.add(fingerprint);
      }
    },
  };
}

/**
 * Which of a request's known records are repeated. The same line written again in the same tick of a sender's clock has the same
 * bytes, so being known is not enough. The request must show that it brings something again: one of its known records is older
 * than the newest event of its stream, or two that differ have times too fine to be the same by chance. Then all of them are.
 * Example: of a flood of equal lines with times in seconds and in their order, none is.
 * @param known in the order of the request
 * @param newestMs of the stream before the request; undefined where it is not open
 */
export function repeatedOf(
  known: readonly KnownRecord[],
  newestMs: (stream: ParsedRecord) => number | undefined,
): ReadonlySet<ParsedRecord> {
  const isAgain = known.length > 0 && (differFinely(known) || isOneOlder(known, newestMs));
  return new Set(isAgain ? known.map(({ parsed }) => parsed) : []);
}

function differFinely(known: readonly KnownRecord[]): boolean {
  const first = known.find(isFine)?.record.fingerprint;
  return known.some((one) => one.record.fingerprint !== first && isFine(one));
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

function isFine({ record: { timeUnixNano, observedTimeUnixNano } }: KnownRecord): boolean {
  return (
    timeUnixNano % NANOSECONDS_PER_MILLISECOND !== 0n ||
    observedTimeUnixNano % NANOSECONDS_PER_MILLISECOND !== 0n
  );
}

function isOneOlder(
  known: readonly KnownRecord[],
  newestMs: (stream: ParsedRecord) => number | undefined,
): boolean {
  let last: ParsedRecord | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  return known.some(({ parsed }) => {
    if (last?.service !== parsed.service || last.stream !== parsed.stream)
      newest = newestMs(parsed) ?? Number.NEGATIVE_INFINITY;
    last = parsed;
    return parsed.timeMs < newest;
  });
}
