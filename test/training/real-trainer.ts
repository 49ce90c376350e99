import { parseArgs } from "node:util";
import { processIo } from "../../cli/lines/command-io.ts";
import { runTrain } from "../../cli/train.ts";
import { diskFileSystem } from "../../processor/learn/file-system.ts";
import { standInEncoder } from "../train/stand-in-encoder.ts";

/**
 * `logbert train` with the stand-in for the text encoder. Its first argument is the model directory to begin with, whatever
 * --from names, and its second the number of epochs.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: "string" },
    input: { type: "string", multiple: true },
    from: { type: "string" },
    out: { type: "string" },
    threads: { type: "string" },
    progress: { type: "string" },
    "only-service": { type: "string" },
  },
});
const [from, epochs, , ...moreFiles] = positionals;
const { format, input = [], out, threads, progress, "only-service": onlyService } = values;
process.exitCode = await runTrain(
  { from, epochs, format, input: [...input, ...moreFiles], out, threads, progress, onlyService },
  processIo(),
  {
    openEncoder: async () => ({ encoder: standInEncoder, close: async () => undefined }),
    files: diskFileSystem,
    isTerminal: false,
  },
);
