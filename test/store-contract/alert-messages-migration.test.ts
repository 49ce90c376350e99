import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import { z } from "zod";
import { firstTables } from "../../store/migrations/0001-first-tables.ts";
import { trainingTables } from "../../store/migrations/0002-training.ts";
import { journalTable } from "../../store/migrations/0003-journal.ts";
import { learningLoop } from "../../store/migrations/0004-learning-loop.ts";
import { alertTables } from "../../store/migrations/0005-alerts.ts";
import { alertMessages } from "../../store/migrations/0008-alert-messages.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const BEFORE = [firstTables, trainingTables, journalTable, learningLoop, alertTables];
const column = z.object({ name: z.string(), notnull: z.number(), pk: z.number() });

it("an alert finds its last message again, and one without messages has none", async () => {
  const database = new SqliteDatabase(join(temporaryDirectory("store"), "logbert.db"));
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  for (const before of BEFORE) await before.up(db);
  const insert = (table: string, row: Readonly<Record<string, unknown>>) => {
    const required = z.array(column).parse(database.pragma(`table_info(${table})`));
    const filled = Object.fromEntries(
      required.filter(({ notnull, pk }) => notnull === 1 && pk === 0).map(({ name }) => [name, 0]),
    );
    const all: Record<string, unknown> = { ...filled, ...row };
    const names = Object.keys(all);
    database
      .prepare(`insert into ${table} (${names.join()}) values (${names.map((name) => `@${name}`).join()})`)
      .run(all);
  };
  for (const incident_id of ["a", "b"])
    for (const channel of ["ops", "mail"]) insert("alerts", { channel, incident_id });
  const message = { channel: "ops", kind: "incident.opened", notice: "{}", state: "sent" };
  insert("outbox", { ...message, key: "first", incident_id: "a" });
  insert("outbox", { ...message, key: "last", incident_id: "a" });
  insert("outbox", { ...message, key: "of many", incident_id: null });
  await alertMessages.up(db);
  expect(
    database.prepare("select channel, incident_id, message_key from alerts order by 1, 2").raw().all(),
  ).toEqual([
    ["mail", "a", null],
    ["mail", "b", null],
    ["ops", "a", "last"],
    ["ops", "b", null],
  ]);
  expect(database.prepare("select key from outbox order by sequence").pluck().all()).toEqual([
    "first",
    "last",
    "of many",
  ]);
  await db.destroy();
});
