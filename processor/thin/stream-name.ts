import type { ParsedRecord } from "../window/sequence-window.ts";

/** What names a stream. */
export type StreamName = Pick<ParsedRecord, "service" | "stream">;

/** One text for it. The length keeps apart names that hold any separator there could be. */
export function keyOf({ service, stream }: StreamName): string {
  return `${service.length} ${service}${stream}`;
}
