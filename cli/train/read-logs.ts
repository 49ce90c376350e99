import type { CorpusBuilder } from "../../processor/learn/corpus-builder.ts";
import { createSequenceCutter } from "../../processor/learn/sequence-cutter.ts";
import { parseRecords } from "../../processor/parse-records.ts";
import { createLineReader } from "../../processor/receive/lines/create-line-reader.ts";
import type { LineFormat, ParsedLine } from "../../processor/receive/lines/parsed-line.ts";
import { toResources } from "../../processor/receive/lines/to-resources.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { createTemplateMiner } from "../../processor/template/create-template-miner.ts";
import { createStreamKey } from "../../processor/window/stream-key.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import type { Config } from "../config.ts";
import type { CommandIo } from "../lines/command-io.ts";
import { serviceOfFile } from "../lines/service-of-file.ts";
import { createLineSplitter } from "../lines/split-lines.ts";
import { readBytes } from "./read-bytes.ts";

/** What is read, and as what. */
export interface LogInput {
  readonly files: readonly string[];
  readonly format: LineFormat;
  /** For records that name none; undefined: the file's name. */
  readonly service: string | undefined;
}

/** Lines parsed together. */
const BATCH_LINES_MAX = 1_000;

/**
 * Reads log files into a corpus, one after the other, as a stage with this configuration would take them: the same
 * templates, streams and windows. Throws a TrainingError for a file that cannot be read.
 */
export async function readLogs(
  { files, format, service }: LogInput,
  builder: CorpusBuilder,
  config: Pick<Config, "template" | "window" | "redact">,
  io: Pick<CommandIo, "signal" | "progress" | "clock">,
): Promise<void> {
  const cutter = createSequenceCutter(builder, config.window);
  const redactor = createRedactor(config.redact);
  const ports = {
    miner: createTemplateMiner(config.template, {
      findHidden: redactor.findInWords,
      findHiddenInAdopted: redactor.find,
      findValues: redactor.findValues,
      isReadAlone: redactor.hasOwn,
    }),
    streamKey: createStreamKey(config.window),
    showSender: redactor.sender,
    // No time is NaN: the time of reading would be another one at the next start.
    now: () => Number.NaN,
  };
  let records = 0;
  for (const file of files) {
    const splitter = createLineSplitter();
    const reader = createLineReader({ format, now: io.clock.now });
    const name = service ?? serviceOfFile(file.replace(/\.gz$/, ""));
    const take = (lines: readonly ParsedLine[]) => {
      for (let from = 0; from < lines.length; from += BATCH_LINES_MAX) {
        const batch = lines.slice(from, from + BATCH_LINES_MAX);
        const request = readRequest(
          encodeRequest(toResources({ service: name, file: undefined, lines: batch }, 0)),
        );
        cutter.push(parseRecords(request.records, ports));
      }
      records += lines.length;
      io.progress(`Reading ${file}: ${records} records`);
    };
    for await (const chunk of readBytes(file)) {
      if (io.signal.aborted) return;
      take(splitter.push(chunk).flatMap((line) => reader.push(line)));
    }
    take(splitter.flush().flatMap((line) => reader.push(line)));
    take(reader.flush());
  }
  cutter.close();
}
