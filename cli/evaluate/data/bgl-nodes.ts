import type { EvaluationSet } from "../evaluation-set.ts";
import { readGzipLines } from "./read-gzip-lines.ts";
import { readTemplates } from "./read-templates.ts";
import { createSequenceReader } from "./sequence-reader.ts";
import { createSetBuilder } from "./set-builder.ts";

const TRAIN = "bgl/node_sequences_train_normal.txt.gz";
const NORMAL = "bgl/node_sequences_test_normal_half1.txt.gz";
const ABNORMAL = "bgl/node_sequences_test_abnormal_half1.txt.gz";

/** Blue Gene/L (Oliner and Stearley, DSN 2007), one sequence for each node, in logdeep's chronological split. */
export async function readBglNodes(directory: string): Promise<EvaluationSet> {
  const templates = await readTemplates(directory, "bgl/node_sequences_templates.csv", 0);
  const sequences = createSequenceReader(directory, { first: 0, last: templates.length - 1 });
  const builder = createSetBuilder();
  const unitOf = (text: string, file: string, line: number) => ({
    events: sequences.read(text, file, line),
    source: { file, fromLine: line, toLine: line },
  });
  await readGzipLines(directory, TRAIN, (text, line) => builder.addTrain(unitOf(text, TRAIN, line)));
  await readGzipLines(directory, NORMAL, (text, line) => builder.addTest(unitOf(text, NORMAL, line), false));
  await readGzipLines(directory, ABNORMAL, (text, line) =>
    builder.addTest(unitOf(text, ABNORMAL, line), true),
  );
  return builder.build({
    name: "bgl-nodes",
    templates,
    isSession: true,
    notes: [
      "Training is from before the last 20 % of the log, the test is the first half of that 20 %: a strong drift, most normal events of the test are not in training.",
    ],
  });
}
