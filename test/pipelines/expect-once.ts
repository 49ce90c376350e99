import { expect } from "vitest";
import type { ScoredRecord } from "./scored-records.ts";

/** A record of a source, as it should come back. */
export interface SourceRecord {
  readonly service: string;
  readonly body: string;
  readonly severityNumber: number;
  /** Milliseconds since 1970; absent where the source tells no time that a test could know. */
  readonly timeMs?: number;
}

/** Every record of the source has come back, none twice, each as the source meant it and with what logbert adds. */
export function expectOnce(back: readonly ScoredRecord[], written: readonly SourceRecord[]): void {
  const timed = new Map(written.map(({ body, timeMs }) => [body, timeMs !== undefined]));
  const seen = back.map(({ body, severityNumber, timeMs, resource }) => ({
    service: String(resource["service.name"]),
    body: String(body),
    severityNumber,
    ...(timed.get(String(body)) === false ? {} : { timeMs }),
  }));
  expect(sorted(seen)).toEqual(sorted(written));
  for (const { attributes } of back) {
    expect(attributes).toMatchObject({
      "anomaly.score": expect.any(Number),
      "anomaly.is_anomaly": expect.any(Boolean),
      "log.record.template": expect.any(String),
    });
  }
}

function sorted(records: readonly SourceRecord[]): SourceRecord[] {
  const key = ({ service, body, timeMs = 0 }: SourceRecord) => `${service}\0${timeMs}\0${body}`;
  return records.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
