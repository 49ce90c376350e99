import { ModelError } from "../model-directory.ts";

/** Labels that mean the same as "anomaly" and as "normal" in published log and text classifiers, lower-cased. */
const ANOMALY = new Set([
  "anomaly",
  "anomalous",
  "anomalies",
  "abnormal",
  "abnormality",
  "outlier",
  "novelty",
  "fault",
  "faulty",
  "failure",
  "error",
  "attack",
  "malicious",
]);
const NORMAL = new Set(["normal", "benign", "ok", "usual", "regular", "healthy", "inlier", "no anomaly"]);
/** The names that transformers gives where nobody names a label; the second one is the positive class. */
const UNNAMED = ["LABEL_0", "LABEL_1"];

/**
 * Index of the label whose probability is the score: the named one, else the only one that means "anomaly", else the other
 * one of two where one means "normal", else LABEL_1 of two that have no names.
 *
 * Throws a {@link ModelError} that lists the labels when this leaves a choice.
 * @param labels in the order of the logits; example: ["normal", "anomaly"]
 * @param named `inference.anomaly_label`; empty: not named
 * @param file the file that the labels are from, for the error
 */
export function anomalyLabel(labels: readonly string[], named: string, file: string): number {
  if (named !== "") return namedLabel(labels, named, file);
  const plain = labels.map((label) => label.trim().toLowerCase().replaceAll(/[_-]+/g, " "));
  const anomalies = [...plain.keys()].filter((index) => ANOMALY.has(plain[index] ?? ""));
  const [anomaly] = anomalies;
  if (anomaly !== undefined && anomalies.length === 1) return anomaly;
  if (labels.length === 2 && anomalies.length === 0) {
    const normal = plain.findIndex((label) => NORMAL.has(label));
    const other = 1 - normal;
    if (normal >= 0 && !NORMAL.has(plain[other] ?? "")) return other;
    if (UNNAMED.every((label, index) => labels[index] === label)) return 1;
  }
  throw new ModelError(
    `${file} does not tell which label means an anomaly: ${labels.join(", ")}`,
    `name one of them by inference.anomaly_label, for example inference: {anomaly_label: ${labels.at(-1) ?? "LABEL_1"}}`,
  );
}

function namedLabel(labels: readonly string[], named: string, file: string): number {
  const index = labels.indexOf(named);
  if (index >= 0) return index;
  throw new ModelError(
    `inference.anomaly_label is ${named}, which is no label of ${file}`,
    `name one of: ${labels.join(", ")}`,
  );
}
