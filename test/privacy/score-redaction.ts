import type { Sensitive } from "../../processor/redact/find-sensitive.ts";
import type { LabelledLine } from "./labelled-lines.ts";

/** How one kind was found. */
export interface KindScore {
  readonly kind: string;
  readonly labelled: number;
  /** Covered to the last character. */
  readonly found: number;
}

/** How a redactor does on labelled lines. */
export interface RedactionScore {
  readonly lines: number;
  readonly kinds: readonly KindScore[];
  readonly redactions: number;
  /** Redactions that touch nothing labelled, each with its line. */
  readonly falseRedactions: readonly {
    readonly line: string;
    readonly text: string;
    readonly kind: string;
  }[];
  /** Labelled parts that show a character. */
  readonly missed: readonly { readonly line: string; readonly text: string; readonly kind: string }[];
}

/** What opens something, apart from what tells of a person or a machine. */
export const SECRET_KINDS: ReadonlySet<string> = new Set([
  "private-key",
  "url-credentials",
  "authorization",
  "bearer",
  "jwt",
  "api-key",
  "secret",
]);

export function scoreRedaction(
  lines: readonly LabelledLine[],
  find: (text: string) => readonly Sensitive[],
): RedactionScore {
  const falseRedactions: RedactionScore["falseRedactions"][number][] = [];
  const missed: RedactionScore["missed"][number][] = [];
  const byKind = new Map<string, { labelled: number; found: number }>();
  let redactions = 0;
  for (const { text, labels } of lines) {
    const found = find(text);
    redactions += found.length;
    for (const one of found)
      if (!labels.some(({ start, end }) => one.start < end && start < one.end))
        falseRedactions.push({ line: text, text: text.slice(one.start, one.end), kind: one.kind });
    for (const { start, end, kind } of labels) {
      const counts = byKind.get(kind) ?? { labelled: 0, found: 0 };
      byKind.set(kind, counts);
      counts.labelled += 1;
      if (isCovered(start, end, found)) counts.found += 1;
      else missed.push({ line: text, text: text.slice(start, end), kind });
    }
  }
  const kinds = [...byKind]
    .map(([kind, counts]) => ({ kind, ...counts }))
    .sort((a, b) => a.kind.localeCompare(b.kind));
  return { lines: lines.length, kinds, redactions, falseRedactions, missed };
}

function isCovered(start: number, end: number, found: readonly Sensitive[]): boolean {
  let at = start;
  for (const one of found) if (one.start <= at && one.end > at) at = one.end;
  return at >= end;
}

/** Share of the labelled parts of some kinds that were found. */
export function recallOf({ kinds }: RedactionScore, isMeant: (kind: string) => boolean): number {
  const meant = kinds.filter(({ kind }) => isMeant(kind));
  const sum = (of: "labelled" | "found") => meant.reduce((all, one) => all + one[of], 0);
  return sum("found") / sum("labelled");
}
