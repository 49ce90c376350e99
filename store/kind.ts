/**
 * The kind of what a verdict is about: what people say of one holds for the next of that kind. Of an event it is its
 * template's id. Silence has a kind of its own: that a template's last event was also the last of a session, or that one
 * template fell silent, says nothing of the service falling silent, nor does that nothing comes from any service.
 */
export type Subject = "event" | "end" | "silence";

const END = "end ";
const SILENCE = "silence";

/** The kind of a silence of all services, which is told of one of them. */
export const TOTAL_SILENCE_KIND = `${SILENCE} *`;

/** Kinds of silences that the last message's template has nothing to do with. */
export const WHOLE_SILENCE_KINDS: readonly string[] = [SILENCE, TOTAL_SILENCE_KIND];

/** The kind of a session's end after an event of this template. Example: "end 5f0c1d2e3a4b5c6d". */
export function endKind(templateId: string): string {
  return `${END}${templateId}`;
}

/** The kind of a silence. @param templateId of what no longer comes; undefined: nothing of the service does */
export function silenceKind(templateId: string | undefined): string {
  return templateId === undefined ? SILENCE : `${SILENCE} ${templateId}`;
}

/** What a kind is of: templates' ids hold no blanks, and none is "silence". */
export function subjectOf(kind: string): Subject {
  if (kind.startsWith(END)) return "end";
  return kind === SILENCE || kind.startsWith(`${SILENCE} `) ? "silence" : "event";
}
