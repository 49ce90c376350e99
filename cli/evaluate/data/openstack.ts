import { join } from "node:path";
import type { EvaluationSet } from "../evaluation-set.ts";
import { dataError } from "./data-error.ts";
import { readGzipLines } from "./read-gzip-lines.ts";
import { readTable } from "./read-templates.ts";
import { createSequenceReader } from "./sequence-reader.ts";
import { createSetBuilder } from "./set-builder.ts";

/** OpenStack nova logs of loghub, one sequence for each machine, in the split of Landauer et al. (FSE 2024). */
export const readOpenstackLoghub = (directory: string) => readOpenstack(directory, "loghub");

/** OpenStack nova logs of Kalaki et al. (Softw. Pract. Exper. 53(3), 2023), in the split of Landauer et al. */
export const readOpenstackKalaki = (directory: string) => readOpenstack(directory, "parisakalaki");

async function readOpenstack(
  directory: string,
  collection: "loghub" | "parisakalaki",
): Promise<EvaluationSet> {
  const templates = await readTable(directory, "openstack/templates.csv");
  const sequences = createSequenceReader(directory, { first: 1, last: templates.length });
  const builder = createSetBuilder();
  const fileOf = (part: string) => `openstack/${collection}_${part}.txt.gz`;
  const unitOf = (text: string, file: string, line: number) => {
    const [, session, events] = /^([^,]+),(.+)$/.exec(text) ?? [];
    if (session === undefined || events === undefined)
      throw dataError(join(directory, file), line, 'must be "instance,events"');
    const source = { file, fromLine: line, toLine: line };
    return { session, events: sequences.read(events, file, line), source };
  };
  const readPart = (part: string, add: (unit: ReturnType<typeof unitOf>) => void) =>
    readGzipLines(directory, fileOf(part), (text, line) => add(unitOf(text, fileOf(part), line)));
  await readPart("train", builder.addTrain);
  await readPart("test_normal", (unit) => builder.addTest(unit, false));
  await readPart("test_abnormal", (unit) => builder.addTest(unit, true));
  return builder.build({
    name: collection === "loghub" ? "openstack-loghub" : "openstack-kalaki",
    templates,
    isSession: true,
    notes: [
      "Landauer's split: about 1 % of the normal sequences train. Very little to calibrate with: thresholds are from cross-validated scores.",
      ...(collection === "loghub" ? ["loghub's OpenStack is known to be a weak benchmark."] : []),
    ],
  });
}
