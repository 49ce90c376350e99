import { processIo } from "../../cli/lines/command-io.ts";
import { runTrain } from "../../cli/train.ts";
import { diskFileSystem } from "../../processor/learn/file-system.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";

/** `logbert train` as a process that can be killed: a checkpoint after every step. The options come as JSON. */
process.exitCode = await runTrain(JSON.parse(process.argv[2] ?? "{}"), processIo(), {
  openEncoder: async () => ({ encoder: standInEncoder, close: async () => undefined }),
  files: diskFileSystem,
  isTerminal: false,
  checkpointEveryMs: 0,
});
