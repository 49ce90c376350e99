import { encodeRequest } from "../../processor/wire/encode.ts";
import type { LabelledLine } from "./labelled-logs.ts";

/** One request, in the order of the lines: a resource for each run of lines of one instance. */
export function encodeLines(lines: readonly LabelledLine[]): Uint8Array {
  const runs: {
    attributes: Record<string, string>;
    records: { timeUnixNano: bigint; severityNumber: number; body: string }[];
  }[] = [];
  let instance: string | undefined;
  for (const line of lines) {
    if (line.instance !== instance) {
      instance = line.instance;
      runs.push({ attributes: { "service.name": "log", "service.instance.id": instance }, records: [] });
    }
    runs.at(-1)?.records.push({
      timeUnixNano: BigInt(line.timeMs) * 1_000_000n,
      severityNumber: line.severity,
      body: line.body,
    });
  }
  return encodeRequest(runs);
}
