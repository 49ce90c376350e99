import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wordsOf } from "../../../test/helpers/text-vector.ts";
import type { System, Template } from "./system.ts";
import { generatedSystem, labelledSystems, minedSystems, ownSystems, tableSystems } from "./systems.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    out: { type: "string", default: "text-corpus.json" },
  },
});
const corpus = [
  ...ownSystems(),
  generatedSystem(),
  ...labelledSystems(values.data),
  ...tableSystems(values.data),
  ...minedSystems(values.data),
].map((system) => ({ ...system, templates: distinct(system.templates) }));
writeFileSync(values.out, JSON.stringify(corpus));
for (const { name, group, templates } of corpus) {
  const withSeverity = templates.filter(({ severity }) => severity > 0).length;
  process.stderr.write(`${name} (${group}): ${templates.length} templates, ${withSeverity} with severity\n`);
}

/** Templates with the same literal words are one: told apart they would be each other's negatives in training. */
function distinct(templates: System["templates"]): readonly Template[] {
  const bySkeleton = Map.groupBy(templates, ({ texts }) => wordsOf(texts[0] ?? "").join(" "));
  return [...bySkeleton.values()].map((group) => ({
    texts: [...new Set(group.flatMap(({ texts }) => texts))].slice(0, 6),
    severity: group.find(({ severity }) => severity > 0)?.severity ?? 0,
  }));
}
