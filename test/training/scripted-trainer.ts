import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Stands in for `logbert train`: takes its arguments and leaves what the first one asks for.
 * better, worse, lucky, harmful: the weights of --from under another name, and the report that they are so; lucky: better by
 * less than chance may make them, harmful: better, but not for another service. damaged: better by its report, but no graph.
 * fails: a word on stderr. full: as where the disk is full, told as JSON. killed: as by the system. waits: goes on until it is ended.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: "string" },
    input: { type: "string" },
    from: { type: "string", default: "" },
    out: { type: "string", default: "" },
    threads: { type: "string" },
    progress: { type: "string" },
    feedback: { type: "string" },
    "only-service": { type: "string" },
  },
});
const [behaviour = "better", command, ...moreFiles] = positionals;
if (command !== "train" || values.format !== "recorded") throw new Error(`not asked to train: ${command}`);
const files = [values.input ?? "", ...moreFiles];
const lines = files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
process.stderr.write(`${JSON.stringify({ progress: 0.5, loss: 2.5 })}\n`);
if (behaviour === "fails") {
  process.stderr.write("the weights diverged at step 7\n");
  process.exitCode = 1;
} else if (behaviour === "full") {
  const error = `the model cannot be written to ${values.out} (ENOSPC)`;
  process.stderr.write(
    `${JSON.stringify({ error, code: "ENOSPC" })}\n${error}\nname another directory by --out\n`,
  );
  process.exitCode = 1;
} else if (behaviour === "killed") {
  process.kill(process.pid, "SIGKILL");
} else if (behaviour === "waits") {
  // Ends with the stage that would read it, as the real one does.
  setInterval(() => process.stderr.write(`${JSON.stringify({ progress: 0.5, loss: 2.5 })}\n`), 500);
} else {
  mkdirSync(values.out, { recursive: true });
  cpSync(values.from, values.out, { recursive: true });
  const path = join(values.out, "config.json");
  const config: { version: string } = JSON.parse(readFileSync(path, "utf8"));
  const after = behaviour === "worse" ? 1.75 : behaviour === "lucky" ? 1.485 : 1.25;
  const gain = (mean: number) => ({ mean, standardError: 0.01, questions: 500, clusters: 50 });
  const learned = { all: gain(1.5 - after), services: [] };
  const harmed = { all: gain(-0.1), services: [{ service: "mail", gain: gain(-0.1) }] };
  const others = behaviour === "harmful" ? harmed : undefined;
  const heldOut = { before: { loss: 1.5 }, after: { loss: after }, learned, others };
  const said =
    values.feedback === undefined ? [] : readFileSync(values.feedback, "utf8").trimEnd().split("\n");
  const feedback = said.map((line): unknown => JSON.parse(line));
  const report = { heldOut, lines: lines.length, service: values["only-service"], feedback };
  writeFileSync(path, JSON.stringify({ ...config, version: `${config.version}+t`, training_report: report }));
  if (behaviour === "damaged") writeFileSync(join(values.out, "model.onnx"), "no graph");
}
