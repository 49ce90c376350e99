import { join } from "node:path";
import type { EvaluationSet } from "../evaluation-set.ts";
import { dataError } from "./data-error.ts";
import { readGzipLines } from "./read-gzip-lines.ts";
import { readTemplates } from "./read-templates.ts";
import { createSequenceReader } from "./sequence-reader.ts";
import { createSetBuilder } from "./set-builder.ts";

const TRAIN = "hdfs/deeplog_train_normal.txt.gz";
const ABNORMAL = "hdfs/deeplog_test_abnormal.txt.gz";
const SAMPLE = "hdfs/blocks_20pct.csv.gz";
/** Normal blocks of the full test set: 558,223 less the 4,855 that train (DeepLog's hdfs_test_normal has 553,366). */
const NORMALS_FULL = 553_366;
const NORMALS_SAMPLE = 111_648;

/**
 * HDFS (Xu et al., SOSP 2009) in DeepLog's split: its 4,855 normal blocks train, all 16,838 anomalous blocks and the
 * normal ones of a 20 % sample test; the latter weigh as many as the full set has.
 */
export async function readHdfs(directory: string): Promise<EvaluationSet> {
  const templates = await readTemplates(directory, "hdfs/templates.csv", 1);
  const sequences = createSequenceReader(directory, { first: 1, last: templates.length });
  const builder = createSetBuilder();
  const unitOf = (text: string, file: string, line: number) => ({
    events: sequences.read(text, file, line),
    source: { file, fromLine: line, toLine: line },
  });
  await readGzipLines(directory, TRAIN, (text, line) => builder.addTrain(unitOf(text, TRAIN, line)));
  await readGzipLines(directory, SAMPLE, (text, line) => {
    if (line === 1) return;
    const { isAnomaly, events } = labelledRow(text, join(directory, SAMPLE), line);
    if (!isAnomaly) builder.addTest(unitOf(events, SAMPLE, line), false, NORMALS_FULL / NORMALS_SAMPLE);
  });
  await readGzipLines(directory, ABNORMAL, (text, line) =>
    builder.addTest(unitOf(text, ABNORMAL, line), true),
  );
  return builder.build({
    name: "hdfs",
    templates,
    isSession: true,
    notes: [
      "DeepLog's split; the normal blocks of a 20 % sample stand for all 553,366 of the full test set (weight 4.956 each).",
      "About a fifth of the 4,855 training blocks are in the sample too (under 0.9 % of it): the files do not name their blocks. See the row of distinct sequences.",
    ],
  });
}

/**
 * A row "label,events".
 *
 * @throws UsageError that names the file and the line
 */
export function labelledRow(
  text: string,
  path: string,
  line: number,
): { readonly isAnomaly: boolean; readonly events: string } {
  const [, label, events] = /^([01]),(.*)$/.exec(text) ?? [];
  if (events === undefined) throw dataError(path, line, 'must be "0,events" or "1,events"');
  return { isAnomaly: label === "1", events };
}
