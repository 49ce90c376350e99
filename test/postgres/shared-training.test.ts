import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSharedShelf } from "../../processor/promote/model-shelf.ts";
import { fetchWeights, shareWeights } from "../../processor/promote/shared-weights.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { sendHttp } from "../edges/senders.ts";
import { SHIPPED_MODEL, SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { aRun } from "../store-contract/a-run.ts";
import { idOf } from "../store-contract/an-anomaly.ts";
import {
  type Behaviour,
  ended,
  type StageUnderTest,
  startStageUnderTest,
} from "../training/start-stage-under-test.ts";

const PROGRAM = join(import.meta.dirname, "stage-process.ts");
const TRAINED = `${SHIPPED_VERSION}+t`;

let database: TestDatabase;
let people: Store;
const running: StageUnderTest[] = [];
beforeEach(async () => {
  database = await testDatabase();
  people = await openStore(database.settings);
});
afterEach(async () => {
  for (const stage of running.splice(0)) await stage.stop();
  await people.close();
});

async function start(
  instance: string,
  behaviour: Behaviour = "better",
  directory = temporaryDirectory(instance),
  configured?: { readonly directory: string; readonly version: string },
): Promise<StageUnderTest> {
  const options = { database: database.settings, instance, directory };
  const stage = await startStageUnderTest(
    behaviour,
    configured === undefined ? options : { ...options, configured },
  );
  running.push(stage);
  return stage;
}

async function stop(stage: StageUnderTest): Promise<void> {
  running.splice(running.indexOf(stage), 1);
  await stage.stop();
}

async function send(stage: StageUnderTest, service: string): Promise<void> {
  const records = Array.from({ length: 40 }, (_, i) => ({
    timeUnixNano: BigInt(1_000_000 + i * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${service} step ${"abcd"[i % 4]} of order id=${i * 7919}`,
  }));
  const request = encodeRequest([{ attributes: { "service.name": service }, records }]);
  expect((await sendHttp(stage.httpAddress, request)).status).toBe(200);
}

/** Sends to each stage a service of its own, and waits until all have handed over what they recorded. */
async function teach(...stages: readonly StageUnderTest[]): Promise<void> {
  const before = (await people.recordings()).length;
  for (const [i, stage] of stages.entries()) await send(stage, `service-${i}`);
  await waitFor("the recordings", async () =>
    (await people.recordings()).length >= before + stages.length ? true : undefined,
  );
}

async function train(number = 1) {
  await people.requestTraining(aRun(number));
  return waitFor("the end of the run", () => ended(people, idOf(number)));
}

const uses = (stage: StageUnderTest, version: string) =>
  waitFor(`${version} in use`, () => (stage.scorer.version === version ? true : undefined));
const problem = (text: string) =>
  waitFor(`a problem with ${text}`, async () => {
    const active = await people.activeModel();
    return active?.problem?.includes(text) ? active.problem : undefined;
  });

describe("stages that share a database", () => {
  it("train once, on what all of them have recorded, and all use what comes of it", async () => {
    const stages = [await start("a"), await start("b"), await start("c")];
    await teach(...stages);
    const run = await train();
    expect(run).toMatchObject({ state: "PROMOTED", modelBefore: SHIPPED_VERSION, modelAfter: TRAINED });
    expect(await people.trainingRuns({ first: 9 })).toHaveLength(1);
    for (const stage of stages) await uses(stage, TRAINED);
    const files = readdirSync(join(stages[0]?.directory ?? "", "models", TRAINED)).toSorted();
    for (const stage of stages) {
      const place = join(stage.directory, "models", TRAINED);
      expect(readdirSync(place)).toEqual(
        expect.arrayContaining(files.filter((name) => name !== "MODEL_CARD.md")),
      );
      expect(readdirSync(join(stage.directory, "training"))).toEqual([]);
    }
    // Two lines for each stage at least: a header, and a run.
    const { lines }: { lines: number } = JSON.parse(run.report ?? "{}");
    expect(lines).toBeGreaterThanOrEqual(stages.length * 2);
    await people.rollbackModel(Date.now());
    for (const stage of stages) await uses(stage, SHIPPED_VERSION);
  });

  it("wait for a database that is away when the weights are to be put there", async () => {
    const stage = await start("a");
    await teach(stage);
    // Sequences go on also where all else is rolled back.
    await database.run(`
      create sequence tries;
      create function refuse() returns trigger language plpgsql as $$ begin
        perform nextval('tries');
        raise exception using errcode = 'cannot_connect_now';
      end $$;
      create trigger away before insert on model_parts for each row execute function refuse()`);
    const run = train();
    await waitFor("a try", () =>
      // Divides by zero before.
      database.run("select 1 / is_called::integer from tries").then(
        () => true as const,
        () => undefined,
      ),
    );
    await database.run("drop trigger away on model_parts");
    expect(await run).toMatchObject({ state: "PROMOTED", message: undefined });
    await uses(stage, TRAINED);
  });

  it("give the weights to one that starts later, also where its disk is empty", async () => {
    const first = await start("a");
    await teach(first);
    await train();
    await stop(first);
    const later = await start("b");
    expect(later.scorer.version).toBe(TRAINED);
    await send(later, "shop");
    expect(later.unscored()).toBe(0);
  });

  it("give weights away that only one of them had, as before they shared", async () => {
    const first = await start("a");
    await teach(first);
    await train();
    await stop(first);
    await database.run("delete from model_parts");
    const alone = await start("b");
    expect(alone.scorer.version).toBe(SHIPPED_VERSION);
    expect(await problem("has no files")).toMatch(/^b: /);
    await start("a", "better", first.directory);
    await waitFor("the files", async () =>
      (await people.modelParts(TRAINED, 99)).some(({ name }) => name === "config.json") ? true : undefined,
    );
  });

  it("go on with a training whose stage is stopped", async () => {
    const first = await start("a", "waits");
    await teach(first);
    await people.requestTraining(aRun(1));
    await waitFor("the beginning", async () =>
      (await people.trainingTurn())?.isQueued === false ? true : undefined,
    );
    const second = await start("b");
    await stop(first);
    expect((await waitFor("the end", () => ended(people, idOf(1)))).state).toBe("PROMOTED");
    await uses(second, TRAINED);
  });

  it("learn from what one has recorded that is gone", async () => {
    const first = await start("a");
    await teach(first);
    await stop(first);
    await start("b");
    const run = await train();
    expect(run.state).toBe("PROMOTED");
  });

  it("forget weights together", async () => {
    const stages = [await start("a"), await start("b")];
    await teach(...stages);
    await train(1);
    await people.rollbackModel(Date.now());
    for (const stage of stages) await uses(stage, SHIPPED_VERSION);
    await people.forgetModel(TRAINED, SHIPPED_VERSION);
    expect(await people.modelParts(TRAINED, 9)).toEqual([]);
    expect((await train(2)).state).toBe("PROMOTED");
    for (const stage of stages) await uses(stage, TRAINED);
  });
});

describe("stages with other configured weights than each other, as while they are replaced one by one", () => {
  it("use their own until there are trained ones, which are those of the stage that started last", async () => {
    const other = join(temporaryDirectory("model"), "other");
    cpSync(SHIPPED_MODEL, other, { recursive: true });
    const path = join(other, "config.json");
    const config: object = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...config, version: "other" }));
    const first = await start("a");
    await teach(first);
    await train(1);
    const second = await start("b", "better", undefined, { directory: other, version: "other" });
    await uses(first, SHIPPED_VERSION);
    expect(second.scorer.version).toBe("other");
    expect((await people.activeModel())?.version).toBe("other");
    expect(await train(2)).toMatchObject({ state: "PROMOTED", modelBefore: "other" });
    await uses(first, "other+t");
    await uses(second, "other+t");
  });
});

describe("files of weights in the database that are not as they should be", () => {
  it("leave a stage with what it has, which says so, and the others with these weights", async () => {
    const first = await start("a");
    await teach(first);
    await train();
    await database.run("update model_parts set name = '../../evil' where name = 'tokenizer.json'");
    const parent = temporaryDirectory("stage");
    const second = await start("b", "better", join(parent, "data"));
    expect(second.scorer.version).toBe(SHIPPED_VERSION);
    expect(await problem("whose name is none of")).toMatch(/^b: /);
    expect((await people.activeModel())?.version).toBe(TRAINED);
    expect(first.scorer.version).toBe(TRAINED);
    await send(second, "shop");
    expect(second.unscored()).toBe(0);
    expect(existsSync(join(parent, "evil")) || existsSync(join(parent, "data/evil"))).toBe(false);
  });

  const of = (name: string) => `where name = '${name}'`;
  it.each([
    ["whose name is another one's", `set name = 'other.onnx' ${of("tokenizer.json")}`, "is none of"],
    [
      "that are damaged",
      `set content = overlay(content placing '\\xdeadbeef'::bytea from 9) ${of("weights.bin")}`,
      "SHA-256",
    ],
    ["of which a part is missing", `set part = 9 ${of("text-encoder.onnx")} and part = 1`, "lacks a part"],
    [
      "of which a part is too large",
      `set content = content || decode(repeat('00', 300000), 'hex') ${of("config.json")}`,
      "a part too large",
    ],
    ["that are none", "set version = 'gone'", "has no files of the weights"],
  ])("%s, are not brought to a disk", async (_, change, message) => {
    const directory = temporaryDirectory("shelf");
    await shareWeights(people, SHIPPED_VERSION, SHIPPED_MODEL);
    await database.run(`update model_parts ${change}`);
    await expect(fetchWeights(people, SHIPPED_VERSION, join(directory, "new"))).rejects.toThrow(message);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("that are too many, or those of others, are not brought to a disk", async () => {
    const directory = temporaryDirectory("shelf");
    await shareWeights(people, "x", SHIPPED_MODEL);
    const fetched = () => fetchWeights(people, "x", join(directory, "new"));
    await expect(fetched()).rejects.toThrow(`has the weights ${SHIPPED_VERSION} as x`);
    await database.run(
      "insert into model_parts select 'x', 'residuals.json', n, '' from generate_series(0, 2000) n",
    );
    await expect(fetched()).rejects.toThrow("more than 256 MiB");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("are not looked for where the name of weights leads elsewhere", async () => {
    const configured = { directory: SHIPPED_MODEL, version: SHIPPED_VERSION };
    const shelf = createSharedShelf({ directory: temporaryDirectory("shelf"), configured }, people);
    await expect(shelf.bring({ version: "../evil", origin: "trained" })).rejects.toThrow(
      "a name that is none of a directory",
    );
  });
});

describe("a stage that carries a training out", () => {
  interface Process {
    readonly child: ChildProcess;
    readonly said: () => string;
  }
  const processes: Process[] = [];
  afterEach(() => {
    for (const { child } of processes.splice(0)) child.kill("SIGKILL");
  });
  const begin = async (instance: string): Promise<Process> => {
    const args = [PROGRAM, temporaryDirectory(instance), database.settings.url ?? "", instance, "waits"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    const begun = { child, said: () => text };
    processes.push(begun);
    await waitFor("its address", () => (text.includes("httpAddress") ? true : undefined));
    return begun;
  };
  const begun = () =>
    waitFor("the beginning", async () =>
      (await people.openTrainingRun())?.progress === 0.5 ? true : undefined,
    );

  it("is followed by another one where it is killed", async () => {
    const teacher = await start("teacher");
    await teach(teacher);
    await stop(teacher);
    const holder = await begin("holder");
    await people.requestTraining(aRun(1));
    await begun();
    const other = await start("other");
    holder.child.kill("SIGKILL");
    expect((await waitFor("the end", () => ended(people, idOf(1)))).state).toBe("PROMOTED");
    await uses(other, TRAINED);
    await send(other, "shop");
    expect(other.unscored()).toBe(0);
  });

  it("is followed by another one where it is halted, and leaves the run to that when it goes on", async () => {
    const teacher = await start("teacher");
    await teach(teacher);
    await stop(teacher);
    const holder = await begin("holder");
    await people.requestTraining(aRun(1));
    await begun();
    holder.child.kill("SIGSTOP");
    const other = await start("other");
    const run = await waitFor("the end", () => ended(people, idOf(1)));
    expect(run.state).toBe("PROMOTED");
    holder.child.kill("SIGCONT");
    await waitFor("its weights", () => (holder.said().includes(`"model":"${TRAINED}"`) ? true : undefined));
    expect(await people.trainingRuns({ first: 9 })).toEqual([run]);
    expect((await people.activeModel())?.version).toBe(TRAINED);
    await uses(other, TRAINED);
  });
});
