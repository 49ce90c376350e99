import type { Anomaly } from "./anomaly.ts";
import { subjectOf } from "./kind.ts";
import type { ScoreHistogram, ServiceDelta, StageBatch } from "./store.ts";

const MINUTE_MS = 60_000;

/**
 * The counts of a batch without the anomalies of it that another stage has stored, and counted, before. What no record carries, the end of a
 * session and silence, is in no such count. Records and their scores were received twice, and are counted so.
 */
export function withoutRepeated(
  { services, histograms }: Pick<StageBatch, "services" | "histograms">,
  repeated: readonly Anomaly[],
): { readonly services: readonly ServiceDelta[]; readonly histograms: readonly ScoreHistogram[] } {
  const records = repeated.filter(({ kind }) => subjectOf(kind) === "event");
  const ofService = countBy(records, ({ service }) => service);
  const ofMinute = countBy(records, ({ service, timeMs }) => minuteKey(service, timeMs));
  return {
    services: services.map((one) => less(one, ofService.get(one.name))),
    histograms: histograms.map((one) => less(one, ofMinute.get(minuteKey(one.service, one.minuteMs)))),
  };
}

function minuteKey(service: string, timeMs: number): string {
  return `${Math.floor(timeMs / MINUTE_MS)} ${service}`;
}

function less<T extends { readonly anomalies: number }>(one: T, repeated = 0): T {
  return { ...one, anomalies: Math.max(0, one.anomalies - repeated) };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(items, keyOf)].map(([key, some]) => [key, some.length]));
}
