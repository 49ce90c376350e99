import { TEMPLATE_ATTRIBUTE } from "./enrich/enrich.ts";
import type { TemplateMiner } from "./template/template-miner.ts";
import { releaseOf } from "./window/release.ts";
import type { ParsedRecord } from "./window/sequence-window.ts";
import { serviceName } from "./window/service-name.ts";
import type { RecordView } from "./wire/record-view.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** What parsing needs besides the records. */
export interface ParsePorts {
  readonly miner: TemplateMiner;
  readonly streamKey: (record: RecordView) => string;
  /** What of a service's name, version or deployment may be kept and shown. */
  readonly showSender: (name: string) => string;
  /** Milliseconds since the epoch, for records without a time. */
  readonly now: () => number;
}

/** Gives each record its template, service, stream and time, in wire order. An upstream template is adopted. */
export function parseRecords(
  records: readonly RecordView[],
  { miner, streamKey, showSender, now }: ParsePorts,
): ParsedRecord[] {
  let resource: object | undefined;
  let sender: Pick<ParsedRecord, "service" | "release"> = { service: "" };
  return records.map((record) => {
    if (resource !== record.resource) {
      resource = record.resource;
      sender = { service: showSender(serviceName(record)), release: releaseOf(record, showSender) };
    }
    const { service, release } = sender;
    const upstream = record.attribute(TEMPLATE_ATTRIBUTE);
    const isAdopted = typeof upstream === "string" && upstream !== "";
    return {
      recordIndex: record.index,
      service,
      stream: streamKey(record),
      match: isAdopted ? miner.adopt(upstream) : miner.mine(record.body),
      timeMs: timeMs(record) ?? now(),
      severityNumber: record.severityNumber,
      release,
      trace: record.traceId,
      isAdopted,
    };
  });
}

function timeMs(record: RecordView): number | undefined {
  const nanoseconds = record.timeUnixNano || record.observedTimeUnixNano;
  return nanoseconds === 0n ? undefined : Number(nanoseconds / NANOSECONDS_PER_MILLISECOND);
}
