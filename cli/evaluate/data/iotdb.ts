import { join } from "node:path";
import { templateConfig } from "../../../processor/template/config.ts";
import { createTemplateMiner } from "../../../processor/template/create-template-miner.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { dataError } from "./data-error.ts";
import { type IotdbLine, parseIotdbLine } from "./iotdb-line.ts";
import { readGzipLines } from "./read-gzip-lines.ts";
import { createSetBuilder } from "./set-builder.ts";
import { createTemplateTable } from "./template-table.ts";

/** The runs of 27 October 2023 in their order; their normal windows train. */
const TRAIN_RUNS = ["cpu", "memory", "io", "network2", "network3", "query", "shutdown"];
/** The runs of 18 November 2023 in their order; all their windows test. */
const TEST_RUNS = [
  "compaction",
  "flush",
  "export",
  "import",
  "multi_anomaly_single_node",
  "multi_anomaly_multi_node",
];
const NODES = ["node1", "node2", "node3", "node4", "node5", "node6"];
const WINDOW_MS = 1_000;

interface Window extends Unit {
  readonly isFault: boolean;
}

/**
 * Apache IoTDB with injected faults (Zhang et al., KDD 2024): windows of one second of each node, anomalous when a fault was
 * active for any of its lines. A run lasts 20 to 50 s and begins with the start of the cluster, so that a split inside of a
 * run would train on starts and test on work. Whole runs are split instead: those of October train, those of November, with
 * other faults, test. Bodies are mined online, in the order of the files.
 */
export async function readIotdb(directory: string): Promise<EvaluationSet> {
  const miner = createTemplateMiner(templateConfig.parse({}));
  const templates = createTemplateTable();
  const builder = createSetBuilder();
  const readRun = async (run: string, add: (window: Window) => void) => {
    for (const node of NODES) {
      const cutter = createWindowCutter(node, add);
      const file = `multilog_iotdb/${run}/${node}.log.gz`;
      await readGzipLines(directory, file, (text, line) => {
        const parsed = parseIotdbLine(text);
        if (parsed === undefined)
          throw dataError(
            join(directory, file),
            line,
            'must be "[- ]date time,ms [thread] LEVEL logger - message"',
          );
        const match = miner.mine(parsed.message);
        cutter.push(parsed, templates.indexOf(match), match.parameters, { file, line });
      });
      cutter.flush();
    }
  };
  for (const run of TRAIN_RUNS) {
    await readRun(run, ({ isFault, ...unit }) => {
      if (!isFault) builder.addTrain(unit);
    });
  }
  templates.keepTexts();
  for (const run of TEST_RUNS) await readRun(run, ({ isFault, ...unit }) => builder.addTest(unit, isFault));
  return builder.build({
    name: "iotdb",
    templates: templates.texts(),
    isSession: false,
    notes: [
      "Windows of one second for each node; anomalous = a fault was active for any line. Normal windows of the seven runs of October 2023 train, all windows of the six runs of November test, with faults of other kinds.",
      "Templates are mined online by the product's own miner. A second without lines is no window.",
    ],
  });
}

interface WindowCutter {
  push(
    line: IotdbLine,
    template: number,
    parameters: readonly string[],
    place: { readonly file: string; readonly line: number },
  ): void;
  flush(): void;
}

/** Cuts the lines of a node at the borders of seconds. */
function createWindowCutter(node: string, add: (window: Window) => void): WindowCutter {
  let second = Number.NaN;
  let open = emptyWindow("", 0);
  const flush = () => {
    if (open.events.length > 0) add({ ...open, stream: node });
  };
  return {
    push({ timeMs, severity, isFault }, template, parameters, { file, line }) {
      const current = Math.floor(timeMs / WINDOW_MS);
      if (current !== second) {
        flush();
        open = emptyWindow(file, line);
        second = current;
      }
      open.events.push(template);
      open.timesMs.push(timeMs);
      open.severities.push(severity);
      open.parameters.push(parameters);
      open.source.toLine = line;
      open.isFault ||= isFault;
    },
    flush,
  };
}

function emptyWindow(file: string, line: number) {
  return {
    events: [] as number[],
    timesMs: [] as number[],
    severities: [] as number[],
    parameters: [] as (readonly string[])[],
    source: { file, fromLine: line, toLine: line },
    isFault: false,
  };
}
