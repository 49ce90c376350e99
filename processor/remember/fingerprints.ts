import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Anomaly } from "../../store/anomaly.ts";
import { subjectOf } from "../../store/kind.ts";
import type { NamedAnomaly } from "../enrich/name-anomalies.ts";
import type { RecordView } from "../wire/record-view.ts";

/** What this stage has found lately: of so many it is known how often they came. */
const FOUND_MAX = 10_000;
/** What the body's redaction names values by, for a day, in this process alone: "-kqzvr" of "<EMAIL-kqzvr>". */
const PSEUDONYM = /(<[^<>]{1,64})-[a-z]{5}>/g;

/** Tells what is found again, by whichever stage, from what is found anew. */
export interface Fingerprints {
  /**
   * The same wherever the same is found: a record by its times as they were sent and its text as it is stored, the end of a session by its
   * beginning, a silence by the last event before it, both to the second. What comes several times is counted: the second of two equal
   * records has another one than the first. Undefined for a record without a time: nothing tells it from another.
   *
   * It is made of what is stored anyway, with nothing of what redaction has hidden: nobody can try values out on it.
   *
   * @param stored what is stored of it
   */
  of(named: NamedAnomaly, record: RecordView | undefined, stored: Anomaly): string | undefined;
}

/** Knows of nothing yet. */
export function createFingerprints(): Fingerprints {
  const found = new LRUCache<string, number>({ max: FOUND_MAX });
  return {
    of(named, record, stored) {
      const identity = identityOf(named, record, stored);
      if (identity === undefined) return undefined;
      const what = digest([stored.service, stored.stream, ...identity]);
      const before = found.get(what) ?? 0;
      found.set(what, before + 1);
      return before === 0 ? what : digest([what, before]);
    },
  };
}

function identityOf(
  { finding }: NamedAnomaly,
  record: RecordView | undefined,
  { kind, timeMs, body, severityText, traceId }: Anomaly,
): readonly unknown[] | undefined {
  switch (subjectOf(kind)) {
    case "event": {
      if (record === undefined) return undefined;
      const { timeUnixNano, observedTimeUnixNano, severityNumber } = record;
      if (timeUnixNano === 0n && observedTimeUnixNano === 0n) return undefined;
      const times = [String(timeUnixNano), String(observedTimeUnixNano)];
      return ["event", ...times, severityNumber, severityText, traceId, body.replaceAll(PSEUDONYM, "$1>")];
    }
    case "end":
      return ["end", toSecond(finding.window.session.startedMs)];
    case "silence":
      return [kind, toSecond(timeMs)];
  }
}

function toSecond(timeMs: number): number {
  return Math.floor(timeMs / 1_000);
}

function digest(parts: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url");
}
