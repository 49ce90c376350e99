import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { ulid } from "ulid";
import { beforeEach, expect, it } from "vitest";
import { createSegments } from "../../processor/promote/segments.ts";
import { createSharedSegments } from "../../processor/promote/shared-segments.ts";
import { fetchWeights } from "../../processor/promote/shared-weights.ts";
import { storeConfig } from "../../store/config.ts";
import { lockDirectories } from "../../store/lock-directory.ts";
import { moveStore } from "../../store/move-store.ts";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type StageStatus, type Store } from "../../store/store.ts";
import { SHIPPED_MODEL, SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { runCommand } from "../product/run-command.ts";
import { aDeployment, aNewTemplate } from "../store-contract/a-deployment.ts";
import { aRun, promoted } from "../store-contract/a-run.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { EMPTY } from "../store-contract/empty-batch.ts";

const PAGE = { first: 5_000 };
const STATUS: StageStatus = {
  instance: "logbert",
  version: "1",
  modelVersion: "shipped",
  startedAtMs: 1,
  updatedAtMs: 2,
  recordsPerSecond: 3,
  forwardEndpoint: undefined,
  forwardState: "sink",
};

let path: string;
let database: TestDatabase;
beforeEach(async () => {
  path = join(temporaryDirectory("move"), "logbert.db");
  database = await testDatabase();
});

const migrate = (...options: readonly string[]) =>
  runCommand(["migrate-store", ...options], {
    cwd: dirname(path),
    environment: { DB_PATH: path, DATABASE_URL: database.settings.url ?? "" },
  });

async function fill(store: Store, updatedAtMs: number): Promise<void> {
  await store.takeAlertLease({ holder: "one", deadRevision: undefined });
  await store.syncAlertChannels("one", ["ops"]);
  await store.saveBatch({
    anomalies: Array.from({ length: 1_001 }, (_, number) =>
      anAnomaly(number, { body: `Zürich ${number} \u{1f4a5}` }),
    ),
    samples: [{ slot: "usual shop t1", record: anAnomaly(5_000, { score: 0.1 }) }],
    histograms: [
      {
        service: "shop",
        minuteMs: 60_000,
        anomalies: 2,
        maxScore: 0.1 + 0.2,
        counts: new Array(SCORE_BUCKETS).fill(1),
      },
    ],
    services: [{ name: "shop", records: 5e9, anomalies: 2, learningState: "ready", lastSeenMs: 1.7e12 }],
    templates: [{ id: "t1", service: "shop", text: "a <*>", count: 4, firstSeenMs: 1, lastSeenMs: 2 }],
    deployments: [aDeployment({ newTemplates: [aNewTemplate()] })],
    thresholds: [{ service: "shop", value: 0.93 }],
    status: { ...STATUS, updatedAtMs },
  });
  const word = { anomalyId: idOf(3), isTrueAnomaly: true, note: "it's", author: "ann", createdAtMs: 5 };
  await store.addFeedback({ ...word, id: "f1" });
  await store.setThreshold(
    { service: "shop", mode: "manual", value: 0.7, alertsPerDay: undefined, author: undefined },
    1,
  );
  await store.configureModel("shipped", 1);
  await promoted(store, 1, "shipped", "trained");
  await store.saveTrainingRun(aRun(1, { state: "PROMOTED", report: '{"loss":1}' }));
  await store.saveSnapshot("templates", [Buffer.from('{"a":"\\u0000"}')], 1, 0);
  await store.addToJournal([{ name: "templates", json: '{"b":1}' }], "one", 1);
  const memory = { service: "shop", json: [Buffer.from('{"c":1}')], isLast: false };
  await store.saveMemories([memory], { writer: "one", upTo: 0, instance: "logbert", revision: 0 }, 1);
  await store.saveSightings([{ service: "shop", ageMs: 1 }], "logbert");
  await store.addTestMessage("ops", { key: "k", kind: "test", notice: "{}" }, 5);
  await store.takeLlmCall(5, [{ spanMs: 10, max: 9 }]);
  await store.saveLlmExplanation({
    key: "k1",
    anomalyId: idOf(1),
    provider: "gemini",
    model: "m",
    prompt: "what?",
    createdAtMs: 10,
    promptTokens: 3,
    answerTokens: undefined,
    outcome: { summary: "s", likelyCause: "c", nextStep: "n" },
  });
}

/** Whatever a store answers. */
async function everything(store: Store) {
  const deployments = await store.deployments({}, PAGE);
  return {
    anomalies: await store.anomalies({}, PAGE),
    sample: await store.anomaly(idOf(5_000)),
    normal: await store.normalWindows("shop", 9),
    incidents: await store.incidents({}, PAGE),
    services: await store.services(),
    templates: await store.templates(undefined, PAGE),
    deployments,
    news: await store.newTemplates(deployments[0]?.sequence ?? 0, 9),
    minutes: await store.scoreHistograms(undefined, 0, 1e13),
    hours: await store.scoreHours(undefined, 0, 1e13),
    labels: await store.labels(PAGE),
    feedback: await store.feedbackFor([idOf(3)], true),
    thresholds: await store.thresholds(),
    changes: await store.thresholdChanges("shop", PAGE),
    statuses: await store.statuses(),
    snapshot: await store.snapshot("templates"),
    journal: await store.journalSince("templates", 0, 9),
    seen: await store.servicesSeenBy("logbert"),
    runs: await store.trainingRuns(PAGE),
    models: await store.models(),
    channels: await store.channelStatuses(),
    work: await store.alertWork(),
    due: await store.dueMessages("ops", { kinds: ["test"], nowMs: 1e13, dueAtMsMax: 1e13, limit: 9 }),
    explanations: await store.llmExplanations(["k1"]),
  };
}

it("moves everything, and what comes then is counted on", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  const before = await everything(sqlite);
  await sqlite.close();
  const { code, stdout, stderr } = await migrate();
  expect(stderr).toContain("anomalies: 1002");
  expect(stdout).toContain("rows of");
  expect(code).toBe(0);
  const postgres = await openStore(database.settings);
  expect(await everything(postgres)).toEqual(before);
  await postgres.saveBatch({
    ...EMPTY,
    templates: [{ id: "t2", service: "shop", text: "b", count: 1, firstSeenMs: 3, lastSeenMs: 3 }],
  });
  expect((await postgres.templates(undefined, PAGE)).map(({ sequence }) => sequence)).toEqual([2, 1]);
  await postgres.close();
});

it("takes what was recorded, and trained weights, along", async () => {
  const directory = dirname(path);
  const sqlite = await openStore({ path });
  await sqlite.configureModel("shipped", 1);
  await promoted(sqlite, 1, "shipped", SHIPPED_VERSION);
  await promoted(sqlite, 2, SHIPPED_VERSION, "gone");
  await sqlite.close();
  cpSync(SHIPPED_MODEL, join(directory, "models", SHIPPED_VERSION), { recursive: true });
  const segments = createSegments({
    directory: join(directory, "training"),
    bytesMax: 2 ** 26,
    newId: ulid,
    redact: (text) => text,
  });
  const event = { template: { id: "t1", text: "x".repeat(300_000) }, gapMs: 0, severityNumber: 9 };
  const flags = { begins: false, ends: false, continues: false };
  await segments.append([{ service: "shop", stream: "9b2e", startMs: 1, events: [event], ...flags }]);
  const [file = ""] = await segments.freeze(join(directory, "frozen"));
  const { code, stderr } = await migrate();
  expect(stderr).toContain("recorded files: 1");
  expect(stderr).toContain("trained weights: 1");
  expect(stderr).toMatch(/the weights gone are left out: .*cannot be read/);
  expect(code).toBe(0);
  expect(readdirSync(join(directory, "training"))).toHaveLength(1);

  const postgres = await openStore(database.settings);
  await fetchWeights(postgres, SHIPPED_VERSION, join(directory, "fetched"));
  const shared = createSharedSegments(segments, postgres, 2 ** 26);
  const files = await shared.freeze(join(directory, "shared"));
  expect(files.map((name) => readFileSync(name, "utf8"))).toEqual([readFileSync(file, "utf8")]);
  await postgres.close();
});

it("leaves nothing behind where a recorded file cannot be read", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  await sqlite.close();
  mkdirSync(join(dirname(path), "training/01.jsonl"), { recursive: true });
  const { code, stderr } = await migrate();
  expect(code).toBe(1);
  expect(stderr).toMatch(/the recorded file .*01.jsonl cannot be read/);
  rmSync(join(dirname(path), "training"), { recursive: true });
  expect((await migrate()).code).toBe(0);
});

it("leaves nothing behind where it fails", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  await sqlite.close();
  await (await openStore(database.settings)).close();
  await database.run("alter table new_templates add constraint none check (false)");
  const failed = await migrate();
  expect(failed.code).toBe(1);
  await database.run("alter table new_templates drop constraint none");
  const postgres = await openStore(database.settings);
  expect(await postgres.countAnomalies({})).toBe(0);
  await postgres.close();
  expect((await migrate()).code).toBe(0);
});

it("refuses to write over what is there", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  await sqlite.close();
  expect((await migrate()).code).toBe(0);
  const { code, stderr } = await migrate();
  expect(code).toBe(1);
  expect(stderr).toContain("is not empty");
});

it("refuses while a stage writes", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, Date.now());
  await sqlite.close();
  const { code, stderr } = await migrate();
  expect(code).toBe(1);
  expect(stderr).toContain("stop it");
});

it("refuses while a stage is there, though it has written nothing", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  await sqlite.close();
  const release = lockDirectories([dirname(path)]);
  const { code, stderr } = await migrate();
  release();
  expect(code).toBe(1);
  expect(stderr).toContain(`another logbert (process ${process.pid}) uses the directory ${dirname(path)}`);
});

it("waits for nobody where the stage has stopped in order", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  await sqlite.saveBatch({ ...EMPTY, status: { ...STATUS, updatedAtMs: Date.now(), hasStopped: true } });
  await sqlite.close();
  expect((await migrate()).code).toBe(0);
});

it("refuses while a stage may be there that writes seldom", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, Date.now() - 60_000);
  await sqlite.close();
  const file = join(dirname(path), "logbert.yaml");
  writeFileSync(file, "remember: { flush_interval_ms: 60000 }");
  const { code, stderr } = await migrate("--config", file);
  expect(code).toBe(1);
  expect(stderr).toContain("120 s later");
});

it("moves what a clock wrote that was ahead", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, Date.now() + 3_600_000);
  await sqlite.close();
  expect((await migrate()).code).toBe(0);
});

it("leaves nothing behind where somebody writes meanwhile", async () => {
  const sqlite = await openStore({ path });
  await fill(sqlite, 2);
  const rival = new SqliteDatabase(path);
  const moving = moveStore({
    store: storeConfig.parse({ ...database.settings, path }),
    flushIntervalMs: 1_000,
    nowMs: Date.now(),
    onTable: () => rival.exec("update revisions set value = value + 1"),
    moveFiles: async () => undefined,
  });
  await expect(moving).rejects.toMatchObject({ code: "locked" });
  rival.close();
  await sqlite.close();
  const postgres = await openStore(database.settings);
  expect(await postgres.countAnomalies({})).toBe(0);
  await postgres.close();
});

it("goes on counting behind what was deleted", async () => {
  const sqlite = await openStore({ path });
  const five = Array.from({ length: 5 }, () => ({ name: "templates", json: "1" }));
  await sqlite.addToJournal(five, "one", 0);
  await sqlite.saveSnapshot("templates", [Buffer.from("{}")], 1e9, 5);
  await sqlite.close();
  expect((await migrate()).code).toBe(0);
  const postgres = await openStore(database.settings);
  expect(await postgres.addToJournal([{ name: "templates", json: "1" }], "one", 0)).toBe(6);
  await postgres.close();
});

it("says what is missing", async () => {
  const { code, stderr } = await runCommand(["migrate-store"], { cwd: dirname(path) });
  expect(code).toBe(2);
  expect(stderr).toContain("DATABASE_URL");
  expect((await migrate()).stderr).toContain("DB_PATH");
});
