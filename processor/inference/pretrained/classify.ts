import type { TextScore } from "../../detect/pretrained-scorer.ts";
import type { GraphOutput } from "./transformer-graph.ts";

/** A classifier's logits, as far as they are asked about. */
export interface ClassifierHead {
  readonly labels: number;
  readonly anomalyLabel: number;
  /** True where each label has a probability of its own, instead of all of them adding up to 1. */
  readonly isMultiLabel: boolean;
}

/**
 * ln(p / (1 - p)) of the anomaly label, for each row: what counts against it are all other labels together.
 * Throws when the logits are not one value a label.
 */
export function marginsOf({ data, dims }: GraphOutput, head: ClassifierHead): readonly number[] {
  if (dims.length !== 2 || dims[1] !== head.labels)
    throw new Error(
      `its logits have the shape ${dims.join(" x ")}, but config.json names ${head.labels} labels (id2label)`,
    );
  return Array.from({ length: dims[0] ?? 0 }, (_, row) =>
    marginOf(data.subarray(row * head.labels, (row + 1) * head.labels), head),
  );
}

/** The score of a margin. Example: 0 gives probability 0.5 and surprise ln 2. */
export function classifierScore(margin: number): TextScore & { readonly probability: number } {
  return { probability: 1 / (1 + Math.exp(-margin)), surprise: softplus(margin) };
}

function marginOf(logits: Float32Array, { anomalyLabel, isMultiLabel }: ClassifierHead): number {
  const own = logits[anomalyLabel] ?? 0;
  if (isMultiLabel) return own;
  const others = [...logits].filter((_, label) => label !== anomalyLabel);
  const highest = Math.max(...others);
  return own - highest - Math.log(others.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
}

/** ln(1 + e^x), which is -ln(1 - p), without overflow. */
function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}
