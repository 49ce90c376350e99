import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { randomModel } from "./random-model.ts";
import { toyEventIds } from "./toy-logs.ts";

const TIMEOUT_MS = 300_000;
const KILLS = 3;
const folder = temporaryDirectory("resume");
let model = "";

interface Run {
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts the command; `kill` sends SIGKILL, which no program can answer. */
function start(options: Readonly<Record<string, unknown>>) {
  const all = {
    input: [join(folder, "sequences.txt")],
    templates: join(folder, "templates.csv"),
    format: "sequences",
    from: model,
    epochs: "3",
    threads: "1",
    ...options,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "train-child.ts"), JSON.stringify(all)]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const ended = new Promise<Run>((resolve) => child.once("close", (code) => resolve({ code, stderr })));
  return { ended, kill: () => child.kill("SIGKILL"), pid: child.pid };
}

/** Kills a run some steps after its first checkpoint. */
async function killed(out: string): Promise<Run> {
  const checkpoint = join(folder, out, ".training/checkpoint.bin");
  const before = existsSync(checkpoint) ? readFileSync(checkpoint) : Buffer.alloc(0);
  const run = start({ out: join(folder, out) });
  await waitFor(
    "a checkpoint",
    () => (existsSync(checkpoint) && !readFileSync(checkpoint).equals(before) ? true : undefined),
    TIMEOUT_MS,
  );
  run.kill();
  return run.ended;
}

const weights = (out: string) => readFileSync(join(folder, out, "weights.bin"));
const residuals = (out: string) => readFileSync(join(folder, out, "residuals.json"), "utf8");

beforeAll(() => {
  model = randomModel();
  const { sequences, templates } = toyEventIds(400);
  writeFileSync(join(folder, "sequences.txt"), sequences);
  writeFileSync(join(folder, "templates.csv"), templates);
});

describe("a training that is killed again and again", () => {
  it("goes on where it was, and ends with the very weights of one that was left alone", {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect((await start({ out: join(folder, "alone") }).ended).code).toBe(0);
    for (let kill = 0; kill < KILLS; kill += 1) {
      expect((await killed("killed")).code).toBeNull();
      expect(readdirSync(join(folder, "killed"))).toEqual([".training"]);
    }
    const last = await start({ out: join(folder, "killed") }).ended;
    expect(last.stderr).toMatch(/Going on after step \d+/);
    expect(last.code).toBe(0);
    expect(weights("killed").equals(weights("alone"))).toBe(true);
    expect(residuals("killed")).toBe(residuals("alone"));
    expect(readdirSync(join(folder, "killed"))).not.toContain(".training");
  });

  it("begins from the beginning with another seed, and says so", { timeout: TIMEOUT_MS }, async () => {
    await killed("changed");
    const changed = await start({ out: join(folder, "changed"), seed: "8" }).ended;
    expect(changed.stderr).toMatch(
      /other input, options or another model: training begins from the beginning/,
    );
    expect(changed.code).toBe(0);
    expect(weights("changed").equals(weights("alone"))).toBe(false);
  });

  it("begins from the beginning with --restart, and ends with the same weights", {
    timeout: TIMEOUT_MS,
  }, async () => {
    await killed("restarted");
    const restarted = await start({ out: join(folder, "restarted"), restart: true }).ended;
    expect(restarted.stderr).not.toMatch(/Going on/);
    expect(restarted.code).toBe(0);
    expect(weights("restarted").equals(weights("alone"))).toBe(true);
  });

  it("begins from the beginning where the checkpoint is damaged, and says so", {
    timeout: TIMEOUT_MS,
  }, async () => {
    await killed("damaged");
    writeFileSync(join(folder, "damaged/.training/checkpoint.bin"), "no checkpoint");
    const run = await start({ out: join(folder, "damaged") }).ended;
    expect(run.stderr).toMatch(/checkpoint of an earlier run is damaged/);
    expect(weights("damaged").equals(weights("alone"))).toBe(true);
  });
});

/** A training that has begun to write. */
async function begun(out: string) {
  const run = start({ out: join(folder, out), epochs: "1000" });
  const checkpoint = join(folder, out, ".training/checkpoint.bin");
  await waitFor("a checkpoint", () => (existsSync(checkpoint) ? true : undefined), TIMEOUT_MS);
  return run;
}

describe("two trainings into one directory", () => {
  it("the second ends with the reason, and leaves the first alone", { timeout: TIMEOUT_MS }, async () => {
    const first = await begun("both");
    const second = await start({ out: join(folder, "both") }).ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(
      `another training (process ${first.pid}) writes to ${join(folder, "both")}`,
    );
    const third = await start({ out: join(folder, "both"), restart: true }).ended;
    expect(third.code).toBe(1);
    expect(existsSync(join(folder, "both/.training/checkpoint.bin"))).toBe(true);
    first.kill();
    await first.ended;
  });

  it("that are begun at once over the lock of a killed one: one goes on", {
    timeout: TIMEOUT_MS,
  }, async () => {
    await killed("at-once");
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => start({ out: join(folder, "at-once") }).ended),
    );
    const refused = runs.filter(({ stderr }) => /another training .*writes to/.test(stderr));
    expect(runs.filter(({ code }) => code === 0).length + refused.length).toBe(3);
    expect(refused.length).toBeLessThan(3);
    expect(weights("at-once").equals(weights("alone"))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith(".at-once"))).toEqual([]);
  });

  it("a lock that does not name a process names itself", { timeout: TIMEOUT_MS }, async () => {
    writeFileSync(join(folder, ".unnamed.lock"), "");
    const run = await start({ out: join(folder, "unnamed") }).ended;
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`remove ${join(folder, ".unnamed.lock")}`);
  });
});
