import type { LabelledLine } from "./labelled-lines.ts";

/** Reads lines whose secrets stand between « and ». */
export function readMarked(lines: readonly string[], kind = "secret"): readonly LabelledLine[] {
  return lines.map((line) => {
    const labels: LabelledLine["labels"][number][] = [];
    let text = "";
    for (const [index, part] of line.split(/[«»]/).entries()) {
      if (index % 2 === 1) labels.push({ start: text.length, end: text.length + part.length, kind });
      text += part;
    }
    return { text, labels };
  });
}
