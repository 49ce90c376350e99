import { Command, CommanderError } from "commander";
import { registerDemo } from "./demo.ts";
import { registerEvaluate } from "./evaluate.ts";
import { exitCodeFor } from "./exit-code.ts";
import { registerGenerate } from "./generate.ts";
import { loadConfig } from "./load-config.ts";
import { registerReplay } from "./replay.ts";
import { registerScore } from "./score.ts";
import { registerServe } from "./serve.ts";
import { openStandalone } from "./standalone.ts";
import { registerTail } from "./tail.ts";
import { openTextEncoder } from "./train/open-text-encoder.ts";
import { registerTrain } from "./train.ts";
import { registerValidate } from "./validate.ts";
import { registerVerifyLossless } from "./verify-lossless.ts";
import { packageVersion } from "./version.ts";

const program = new Command("logbert")
  .description(
    "Scores every log record on its way through your OpenTelemetry pipeline, and forwards everything.",
  )
  .version(packageVersion())
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

registerServe(program);
registerDemo(program);
registerValidate(program);
registerTail(program, {
  openStandalone: (io) => openStandalone(loadConfig({ file: undefined, environment: process.env }), io),
});
registerReplay(program);
registerGenerate(program);
registerScore(program);
registerTrain(program, openTextEncoder);
registerEvaluate(program);
registerVerifyLossless(program);
// Subcommands inherit neither setting: without it a wrong option of theirs would leave with 1 instead of 2.
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeFor(error);
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${describe(error)}\n`);
    const remedy = error instanceof Error && "remedy" in error ? error.remedy : undefined;
    if (typeof remedy === "string") process.stderr.write(`${remedy}\n`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What the system says of a file is a code; the file and what to do about it are ours to say.
  if ("path" in error && "code" in error && typeof error.path === "string")
    return `${error.path}: cannot be used (${String(error.code)}); check the path and its permissions`;
  return error.message;
}
