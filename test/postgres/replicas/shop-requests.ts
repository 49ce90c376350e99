import { createLogStream } from "../../../cli/generate/create-log-stream.ts";
import type { GeneratedRecord } from "../../../cli/generate/generated-record.ts";
import { planIncidents } from "../../../cli/generate/incident.ts";
import { toResources } from "../../../cli/generate/to-resources.ts";
import { encodeRequest } from "../../../processor/wire/encode.ts";
import { readRequest } from "../../../processor/wire/read-request.ts";

const CHUNK_MS = 10_000;
const DAY_MS = 86_400_000;

/**
 * A shop's records until the last noon in UTC, in pieces of ten seconds; incidents come when it is known. How much a shop has to do
 * depends on the hour: these are the same on every day, at whatever time they are asked for.
 */
export function shopRecords(seconds: number): readonly (readonly GeneratedRecord[])[] {
  const noonMs = Math.floor((Date.now() - DAY_MS / 2) / DAY_MS) * DAY_MS + DAY_MS / 2;
  const startMs = noonMs - seconds * 1_000;
  const incidents = planIncidents({
    kinds: ["new-error", "wrong-order", "missing-step", "odd-value"],
    startMs: startMs + 600_000,
    everyMs: 60_000,
    durationMs: 10_000,
  });
  const stream = createLogStream({ seed: 42, startMs, ratePerSecond: 40, incidents });
  return Array.from({ length: (seconds * 1_000) / CHUNK_MS }, (_, piece) =>
    stream.next(startMs + (piece + 1) * CHUNK_MS),
  );
}

export function requestOf(records: readonly GeneratedRecord[]): Uint8Array {
  return encodeRequest(toResources(records));
}

/** A request for each stage that gets some of the records. */
export function requestsFor(
  records: readonly GeneratedRecord[],
  stages: number,
  stageOf: (record: GeneratedRecord) => number,
): readonly (Uint8Array | undefined)[] {
  const byStage = Map.groupBy(records, (record) => stageOf(record) % stages);
  return Array.from({ length: stages }, (_, stage) => {
    const own = byStage.get(stage);
    return own && requestOf(own);
  });
}

/** What became of a record. */
export interface Judged {
  readonly service: string;
  readonly traceId: string | undefined;
  readonly body: string;
  readonly score: number | undefined;
  readonly isAnomaly: boolean;
  readonly template: string;
}

/** Records of requests as they left a stage, by time, sender and body, which no two of the shop's share. */
export function judgedIn(requests: readonly Uint8Array[]): ReadonlyMap<string, Judged> {
  const judged = new Map<string, Judged>();
  for (const bytes of requests)
    for (const record of readRequest(bytes).records) {
      const service = String(record.resourceAttribute("service.name"));
      const key = `${record.timeUnixNano} ${service} ${record.traceId} ${record.body}`;
      const score = record.attribute("anomaly.score");
      // One that comes again is not judged again.
      if (typeof score !== "number" && judged.has(key)) continue;
      judged.set(key, {
        service,
        traceId: record.traceId,
        body: record.body,
        score: typeof score === "number" ? score : undefined,
        isAnomaly: record.attribute("anomaly.is_anomaly") === true,
        template: String(record.attribute("log.record.template") ?? ""),
      });
    }
  return judged;
}

/** How far two runs over the same records say the same, as shares of the first one's. */
export interface Agreement {
  readonly records: number;
  readonly templates: number;
  readonly verdicts: number;
  /** Scores that differ by less than 0.01. */
  readonly scores: number;
}

export function agreement(one: ReadonlyMap<string, Judged>, other: ReadonlyMap<string, Judged>): Agreement {
  const shareOf = (isSame: (a: Judged, b: Judged) => boolean) => {
    const same = [...one].filter(([key, a]) => {
      const b = other.get(key);
      return b !== undefined && isSame(a, b);
    });
    return same.length / one.size;
  };
  return {
    records: shareOf(() => true),
    templates: shareOf((a, b) => a.template === b.template),
    verdicts: shareOf((a, b) => a.isAnomaly === b.isAnomaly),
    scores: shareOf((a, b) => Math.abs((a.score ?? 2) - (b.score ?? 2)) < 0.01),
  };
}

/** The ids of the incidents of which a record was flagged. */
export function incidentsTold(
  judged: ReadonlyMap<string, Judged>,
  records: readonly GeneratedRecord[],
): ReadonlySet<string> {
  const nameOf = ({ service, traceId, body }: Pick<Judged, "service" | "traceId" | "body">) =>
    JSON.stringify([service, traceId, body]);
  const flagged = new Set([...judged.values()].filter(({ isAnomaly }) => isAnomaly).map(nameOf));
  return new Set(
    records.flatMap((record) =>
      record.incident !== undefined && flagged.has(nameOf(record)) ? [record.incident] : [],
    ),
  );
}
