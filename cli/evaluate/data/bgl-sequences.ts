import { join } from "node:path";
import type { EvaluationSet } from "../evaluation-set.ts";
import { labelledRow } from "./hdfs.ts";
import { readGzipLines } from "./read-gzip-lines.ts";
import { createSequenceReader } from "./sequence-reader.ts";
import { createSetBuilder } from "./set-builder.ts";

const FILE = "bgl/sequences_first80pct.csv.gz";
/** Ids are 1 to 385, and 0 for 949 events that the source does not explain. */
const EVENT_ID_MAX = 385;
/** The first half of the file's 16,290 rows; its normal ones train, everything after it tests. */
const TRAIN_ROWS = 8_145;

/** A reduced BGL as sequences in file order (wbb123/anomaly-detection-in-logs); what its event ids mean is not known. */
export async function readBglSequences(directory: string): Promise<EvaluationSet> {
  const sequences = createSequenceReader(directory, { first: 0, last: EVENT_ID_MAX });
  const builder = createSetBuilder();
  await readGzipLines(directory, FILE, (text, line) => {
    if (line === 1) return;
    const row = labelledRow(text, join(directory, FILE), line);
    const unit = {
      events: sequences.read(row.events, FILE, line),
      source: { file: FILE, fromLine: line, toLine: line },
    };
    if (line > TRAIN_ROWS + 1) builder.addTest(unit, row.isAnomaly);
    else if (!row.isAnomaly) builder.addTrain(unit);
  });
  return builder.build({
    name: "bgl-sequences",
    templates: Array.from({ length: EVENT_ID_MAX + 1 }, (_, id) => `event ${id}`),
    isSession: false,
    notes: [
      `The normal rows of the first ${TRAIN_ROWS} train, all later rows test. Templates and the rule that cut the sequences are not known.`,
    ],
  });
}
