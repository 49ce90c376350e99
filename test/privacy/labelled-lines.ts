import { createRandom, type Random } from "../../cli/generate/random.ts";
import { WITH_SENSITIVE, WITHOUT_SENSITIVE } from "./line-patterns.ts";
import { HARMLESS, SENSITIVE } from "./make-values.ts";

/** A part of a line that must be redacted. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** A line with all that is sensitive in it. */
export interface LabelledLine {
  readonly text: string;
  readonly labels: readonly Label[];
}

const SEED = 20_261_129;
const LINES_OF_A_PATTERN = 5;
const FILLER = /\{([a-z0-9]+)\}/g;

/** The same lines each time: five of each pattern. */
export function labelledLines(): readonly LabelledLine[] {
  const random = createRandom(SEED);
  return [...WITH_SENSITIVE, ...WITHOUT_SENSITIVE].flatMap((pattern) =>
    Array.from({ length: LINES_OF_A_PATTERN }, () => fill(pattern, random)),
  );
}

function fill(pattern: string, random: Random): LabelledLine {
  const labels: Label[] = [];
  let text = "";
  let copied = 0;
  for (const { 0: whole, 1: name = "", index } of pattern.matchAll(FILLER)) {
    text += pattern.slice(copied, index);
    copied = index + whole.length;
    const [kind, make] = SENSITIVE[name] ?? [undefined, HARMLESS[name]];
    const value = make?.(random) ?? whole;
    if (kind !== undefined) labels.push({ start: text.length, end: text.length + value.length, kind });
    text += value;
  }
  return { text: text + pattern.slice(copied), labels };
}
