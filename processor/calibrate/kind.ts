import { endKind, silenceKind, TOTAL_SILENCE_KIND } from "../../store/kind.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";

/** The kind of what a finding at this event is about, which would recur: the event's template, the end of its session after a
 * template, or a silence. */
export function kindOf({ events, missing }: SequenceWindow, event: number): string {
  const match = events[event]?.match;
  if (match !== undefined) return match.templateId;
  const last = events.at(-1)?.match.templateId ?? "";
  if (missing === undefined) return endKind(last);
  if (missing === "everything") return TOTAL_SILENCE_KIND;
  return silenceKind(missing === "template" ? last : undefined);
}
