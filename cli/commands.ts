import type { Command } from "commander";

/** Adds one command to the program. */
type Register = (program: Command) => void | Promise<void>;

/** Every command by its name, in the order of the help. A program is read when its command is asked for: all of them take a third
 * of a second, which `serve` would start later. */
const COMMANDS: Readonly<Record<string, Register>> = {
  serve: async (program) => (await import("./serve.ts")).registerServe(program),
  demo: async (program) => (await import("./demo.ts")).registerDemo(program),
  validate: async (program) => (await import("./validate.ts")).registerValidate(program),
  tail: registerTail,
  replay: async (program) => (await import("./replay.ts")).registerReplay(program),
  generate: async (program) => (await import("./generate.ts")).registerGenerate(program),
  score: async (program) => (await import("./score.ts")).registerScore(program),
  train: registerTrain,
  evaluate: async (program) => (await import("./evaluate.ts")).registerEvaluate(program),
  explain: async (program) => (await import("./explain.ts")).registerExplain(program),
  "migrate-store": async (program) => (await import("./migrate-store.ts")).registerMigrateStore(program),
  "verify-lossless": async (program) =>
    (await import("./verify-lossless.ts")).registerVerifyLossless(program),
};

/** Adds the named command, or all of them where none has that name: for the help, and to tell what there is. */
export async function registerCommands(program: Command, name: string | undefined): Promise<void> {
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  for (const register of named === undefined ? Object.values(COMMANDS) : [named]) await register(program);
}

async function registerTail(program: Command): Promise<void> {
  const { registerTail } = await import("./tail.ts");
  registerTail(program, {
    async openStandalone(io) {
      const [{ loadConfig }, { openStandalone }] = await Promise.all([
        import("./load-config.ts"),
        import("./standalone.ts"),
      ]);
      return openStandalone(loadConfig({ file: undefined, environment: process.env }), io);
    },
  });
}

async function registerTrain(program: Command): Promise<void> {
  const [{ registerTrain }, { openTextEncoder }] = await Promise.all([
    import("./train.ts"),
    import("./train/open-text-encoder.ts"),
  ]);
  registerTrain(program, openTextEncoder);
}
