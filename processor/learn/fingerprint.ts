import { createHash } from "node:crypto";
import type { Corpus } from "./corpus.ts";
import type { ModelDescription } from "./trainable-model.ts";

/** Equal for trainings that take the same steps. */
export function fingerprintOf(
  corpus: Corpus,
  model: ModelDescription,
  options: Readonly<Record<string, number | string>>,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([model.files, options]));
  for (const { name, templates, train, selection, test } of corpus.services) {
    hash.update(JSON.stringify([name, templates]));
    for (const sequence of [...train, ...selection, ...test]) {
      hash.update(`${sequence.templates.length},${sequence.begins},${sequence.ends};`);
      hash.update(sequence.templates).update(sequence.severities).update(sequence.gaps);
      if (sequence.parameters !== undefined) hash.update(sequence.parameters);
    }
  }
  return hash.digest("hex");
}
