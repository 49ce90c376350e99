import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import { firstTables } from "../../store/migrations/0001-first-tables.ts";
import { trainingTables } from "../../store/migrations/0002-training.ts";
import { journalTable } from "../../store/migrations/0003-journal.ts";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";

const RELEASED = {
  "0001-first-tables": firstTables,
  "0002-training": trainingTables,
  "0003-journal": journalTable,
};
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let path: string;
const open: Store[] = [];
beforeEach(async () => {
  path = join(temporaryDirectory("store"), "logbert.db");
  await writeReleased(path);
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** A database as the released version leaves it, with a day's rows. */
async function writeReleased(file: string): Promise<void> {
  const database = new SqliteDatabase(file);
  database.pragma("journal_mode = WAL");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => RELEASED } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  insertReleased(
    database,
    [1, 2, 9_000].map((number) => anAnomaly(number)),
  );
  database.exec(`
    insert into feedback values ('f1', '${idOf(1)}', 1, 'disk', 'ann', 5, null),
      ('f2', '${idOf(2)}', 0, null, null, 6, 7);
    insert into services values ('shop', 10, 3, 'ready', 9000000);
    insert into templates (service, id, text, count, first_seen_ms, last_seen_ms)
      values ('shop', 't1', 'payment of <NUM> failed', 10, 1000, 9000000);
  `);
  const insertMinute = database.prepare(
    "insert into score_histograms (service, minute_ms, counts, anomalies, max_score) values ('shop', ?, ?, ?, ?)",
  );
  insertMinute.run(0, "[[3,5]]", 1, 0.02);
  insertMinute.run(2 * MINUTE_MS, "[[3,1],[4,1]]", 0, 0.025);
  insertMinute.run(HOUR_MS, "[[190,2]]", 2, 0.95);
  database.exec(`
    insert into thresholds values ('shop', 'manual', null, 0.9, 8);
    insert into threshold_history (service, mode, alerts_per_day, value, author, at_ms)
      values ('shop', 'manual', null, 0.9, 'ann', 8);
    insert into snapshots values ('templates', '{"a":1}', 3);
    insert into journal (name, json) values ('templates', '[2]');
  `);
  await db.destroy();
}

/** As the released version writes them. */
function insertReleased(database: SqliteDatabase.Database, anomalies: readonly Anomaly[]): void {
  const insertAnomaly = database.prepare(`insert into anomalies values (@id, @timeMs, @service, @stream,
    @severityNumber, @severityText, @body, @templateId, @template, @score, @threshold, @modelVersion, @traceId,
    @explanation, @window)`);
  for (const { explanation, window, ...anomaly } of anomalies)
    insertAnomaly.run({
      ...anomaly,
      explanation: JSON.stringify(explanation),
      window: JSON.stringify(window),
    });
}

async function openHere(): Promise<Store> {
  const store = await openStore({ path });
  open.push(store);
  return store;
}

describe("a database of the released version", () => {
  it("keeps what its stage said last, as that of the stage that a SQLite file is for", async () => {
    const said = {
      version: "0.1.0",
      modelVersion: "logbert-s",
      startedAtMs: 5,
      updatedAtMs: 7,
      recordsPerSecond: 1,
      forwardState: "sink",
    };
    const database = new SqliteDatabase(path);
    database.prepare("insert into stage_status values (1, ?)").run(JSON.stringify(said));
    database.close();
    const store = await openHere();
    const heartbeat = { instance: "logbert", ...said, forwardEndpoint: undefined };
    expect(await store.statuses()).toEqual([heartbeat]);
  });

  it("keeps what was in it", async () => {
    const store = await openHere();
    const [newest] = await store.anomalies({}, { first: 9 });
    expect(newest).toEqual({ ...anAnomaly(9_000), isAlert: true, incidentId: idOf(9_000) });
    const standing = { id: "f1", anomalyId: idOf(1), isTrueAnomaly: true, note: "disk" };
    expect(await store.feedbackFor([idOf(1), idOf(2)])).toEqual([
      { ...standing, author: "ann", createdAtMs: 5 },
    ]);
    expect(await store.feedbackFor([idOf(2)], true)).toMatchObject([{ id: "f2", undoneAtMs: 7 }]);
    expect((await store.thresholdChanges("shop", { first: 9 })).map(({ author }) => author)).toEqual(["ann"]);
    expect((await store.threshold("shop"))?.changeId).toBe("1");
    expect((await store.services()).map(({ name, records }) => [name, records])).toEqual([["shop", 10]]);
    expect(await store.templates("shop", { first: 9 })).toHaveLength(1);
    expect(await store.snapshot("templates")).toEqual({ json: '{"a":1}', journaled: 0 });
    expect((await store.journalSince("templates", 0, 9)).map(({ json }) => json)).toEqual(["[2]"]);
  });

  it("has its anomalies put into incidents, and its scores added up by the hour", async () => {
    const store = await openHere();
    expect((await store.incidents({}, { first: 9 })).map(({ id, anomalies }) => [id, anomalies])).toEqual([
      [idOf(9_000), 1],
      [idOf(1), 2],
    ]);
    const counts = (...pairs: readonly (readonly [number, number])[]) =>
      Array.from({ length: SCORE_BUCKETS }, (_, i) => new Map(pairs).get(i) ?? 0);
    expect(await store.scoreHours(undefined, 0, 2 * HOUR_MS)).toEqual([
      { service: "shop", minuteMs: 0, counts: counts([3, 6], [4, 1]), anomalies: 1, maxScore: 0.025 },
      { service: "shop", minuteMs: HOUR_MS, counts: counts([190, 2]), anomalies: 2, maxScore: 0.95 },
    ]);
    expect(await store.scoreTotals("shop", 0, 2 * HOUR_MS)).toMatchObject({
      firstMinuteMs: 0,
      lastMinuteMs: HOUR_MS,
    });
  });

  it("has an outage in one incident, its waves of one template too, and not what has nothing to do with it", async () => {
    const database = new SqliteDatabase(path);
    const at = (seconds: number, templateId: string, score = 0.9) =>
      anAnomaly(seconds, { service: "auth", templateId, score, severityNumber: score > 0.95 ? 21 : 17 });
    insertReleased(database, [
      at(10_000, "t1"),
      at(10_030, "t2", 0.99),
      at(10_500, "t1", 0.92),
      at(10_900, "t3"),
      ...Array.from({ length: 2_500 }, (_, i) => at(20_000 + i, `t${i % 25}`)),
    ]);
    database.close();
    const store = await openHere();
    const incidents = await store.incidents({ service: "auth" }, { first: 9 });
    expect(incidents.map(({ id, anomalies }) => [id, anomalies])).toEqual([
      [idOf(20_000), 2_500],
      [idOf(10_900), 1],
      [idOf(10_000), 3],
    ]);
    expect(incidents[2]).toMatchObject({
      startedAtMs: 10_000_000,
      lastAtMs: 10_500_000,
      maxScore: 0.99,
      severityNumber: 21,
      strongestId: idOf(10_030),
      templates: [
        { templateId: "t1", anomalies: 2, maxScore: 0.92, strongestId: idOf(10_500) },
        { templateId: "t2", anomalies: 1, maxScore: 0.99, strongestId: idOf(10_030) },
      ],
    });
    expect(incidents[0]?.templates).toHaveLength(20);
    expect(await store.countAnomalies({ incidentId: idOf(20_000) })).toBe(2_500);
    expect(await store.countAnomalies({ incidentId: idOf(10_000) })).toBe(3);
  });

  it("has what was learned put together by service, without what cannot be read", async () => {
    const database = new SqliteDatabase(path);
    const insert = database.prepare("insert into snapshots values (?, ?, ?)");
    insert.run("calibration", '{"version":2,"services":[["shop",{"a":1}],["bank",{"a":2}],[3,{}]]}', 7);
    insert.run("detector:rate", '{"version":1,"more":[4],"services":[["shop",{"b":1}]]}', 8);
    insert.run("detector:gap", "damaged", 9);
    insert.run("detector:length", "[]", 9);
    database.exec(`insert into journal (name, json) values
      ('detector:new-template', '[["shop","1","disk full","error"],["bank","2","up","harmless"],["shop","3","x","fatal"],7]'),
      ('detector:new-template', 'damaged'), ('detector:gone', '[["shop"]]')`);
    database.close();
    const store = await openHere();
    expect(await store.servicesSeenBy("logbert")).toEqual(["shop", "bank"]);
    const news = (service: string, json: string) => ({ name: "detector:new-template", service, json });
    const taken = await store.takeServices(["shop", "bank"], "logbert");
    expect(taken.map(({ json, ...rest }) => ({ ...rest, states: JSON.parse(json ?? "") }))).toEqual([
      {
        service: "shop",
        states: {
          calibration: { version: 2, services: [["shop", { a: 1 }]] },
          "detector:rate": { version: 1, more: [4], services: [["shop", { b: 1 }]] },
        },
        isLast: false,
        news: [news("shop", '[["shop","1","disk full","error"],["shop","3","x","fatal"]]')],
      },
      {
        service: "bank",
        states: { calibration: { version: 2, services: [["bank", { a: 2 }]] } },
        isLast: false,
        news: [news("bank", '[["bank","2","up","harmless"]]')],
      },
    ]);
    expect(await store.snapshot("calibration")).toBeUndefined();
    expect((await store.journalSince("templates", 0, 9)).map(({ json }) => json)).toEqual(["[2]"]);
  });

  it("is opened by several processes at the same time", async () => {
    const stores = await Promise.all([openHere(), openHere(), openHere()]);
    for (const store of stores) expect(await store.incidents({}, { first: 9 })).toHaveLength(2);
  });

  it("is as it was when the migration fails halfway, and can be migrated then", async () => {
    const database = new SqliteDatabase(path);
    database.exec("update score_histograms set counts = 'damaged' where minute_ms = 0");
    await expect(openStore({ path })).rejects.toThrow(path);
    const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all();
    expect(tables).not.toContain("incidents");
    database.exec("update score_histograms set counts = '[[3,5]]' where minute_ms = 0");
    database.close();
    expect(await (await openHere()).incidents({}, { first: 9 })).toHaveLength(2);
  });
});
