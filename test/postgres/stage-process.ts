import { startStageUnderTest } from "../training/start-stage-under-test.ts";

/**
 * A stage in a process of its own, which a test can end or halt: its directory, database, name, and what its trainer does are its arguments.
 * Tells on stdout where it listens, and the name of its weights whenever it has others, as JSON lines.
 */
const [directory = "", url = "", instance = "", behaviour] = process.argv.slice(2);
const stage = await startStageUnderTest(behaviour === "waits" ? "waits" : "better", {
  directory,
  database: { url },
  instance,
});
const say = (words: object) => process.stdout.write(`${JSON.stringify(words)}\n`);
say({ httpAddress: stage.httpAddress });
let told = "";
const timer = setInterval(() => {
  if (stage.scorer.version !== told) say({ model: stage.scorer.version });
  told = stage.scorer.version;
}, 100);
process.once("SIGTERM", () => {
  clearInterval(timer);
  void stage.stop();
});
