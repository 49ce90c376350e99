import type { Explained } from "./explained.ts";

/** Kinds of sentences, by how each reads; the first that fits. */
const PATTERNS = {
  "new message": /^New /,
  "changed order": /^Changed order/,
  "wrong order": /^Unexpected |came twice in a row/,
  "missing message": /is missing/,
  burst: /^Burst/,
  silence: /^Silence/,
  "slow or fast step": /^(?:Slow|Fast) step/,
  count: /in this session; usual/,
  length: /^(?:Short|Long) session|^Session of/,
  "odd value": / in ".*" (?:is|was) /,
  classified: /^Classified/,
} as const;
export type Kind = keyof typeof PATTERNS;
/** Every kind. */
export const KINDS = Object.keys(PATTERNS);

/** How a sentence reads. Throws when it reads like no other. */
export function kindOf(summary: string): Kind {
  for (const [kind, pattern] of Object.entries(PATTERNS)) if (pattern.test(summary)) return kind as Kind;
  throw new Error(`a sentence of no known kind: ${summary}`);
}

/** The first ones of each kind, as many as are asked for, no two of them alike but for their numbers. */
export function chosenCases(
  found: readonly Explained[],
  wanted: Partial<Record<Kind, number>>,
): readonly Explained[] {
  const told = new Set<string>();
  const left = new Map(Object.entries(wanted));
  return found.filter(({ explanation: { summary } }) => {
    const kind = kindOf(summary);
    const shape = summary.replace(/\d[\d.,:]*/g, "0");
    const room = left.get(kind) ?? 0;
    if (room === 0 || told.has(shape)) return false;
    told.add(shape);
    left.set(kind, room - 1);
    return true;
  });
}

/** A case as a reader sees it. */
export function caseText({ explanation: { summary, facts } }: Explained): string {
  return [`[${kindOf(summary)}]`, summary, ...(facts ?? []).map((fact) => `- ${fact}`), ""].join("\n");
}
