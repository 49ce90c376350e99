import { formatGap } from "../format/time.ts";

/** The pause before an event of a sequence. Example: "start" for the first one, then "+137 ms" */
export function gapBefore(events: readonly { readonly time: string }[], index: number): string {
  const event = events[index];
  const previous = events[index - 1];
  if (event === undefined || previous === undefined) return "start";
  return formatGap(Date.parse(event.time) - Date.parse(previous.time));
}
