import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import type { KafkaBroker } from "../pipelines/kafka-broker.ts";

const START_NS = 1_790_000_000_000_000_000n;

/** A request with records of these bodies, as an exporter writes it. */
export function requestOf(service: string, bodies: readonly string[]): Uint8Array {
  return encodeRequest([
    {
      attributes: { "service.name": service },
      records: bodies.map((body, index) => ({
        body,
        severityNumber: 9,
        timeUnixNano: START_NS + BigInt(index) * 1_000_000n,
      })),
    },
  ]);
}

/** A record that was read from a topic of OTLP. */
export interface TopicRecord {
  readonly body: string;
  readonly service: unknown;
  readonly score: unknown;
  readonly key: string;
  readonly partition: number;
}

/** The records of a topic of OTLP, partition after partition, in their order. */
export function recordsIn(broker: KafkaBroker, topic: string): readonly TopicRecord[] {
  return broker.read(topic).flatMap(({ key, partition, value }) =>
    readRequest(value).records.map((record) => ({
      body: record.body,
      service: record.resourceAttribute("service.name"),
      score: record.attribute("anomaly.score"),
      key,
      partition,
    })),
  );
}

/** How often each of them is there. */
export function countsOf(bodies: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const body of bodies) counts.set(body, (counts.get(body) ?? 0) + 1);
  return counts;
}
