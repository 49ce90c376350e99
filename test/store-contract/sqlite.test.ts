import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly } from "./an-anomaly.ts";
import { EMPTY } from "./empty-batch.ts";
import { failureOf } from "./failure-of.ts";

let path: string;
let store: Store;
beforeEach(async () => {
  path = join(temporaryDirectory("store"), "nested", "logbert.db");
  store = await openStore({ path });
});
afterEach(() => store.close());

describe("a SQLite file that cannot be used", () => {
  it("is named when it is no SQLite file, with a remedy", async () => {
    const file = join(temporaryDirectory("store"), "notes.txt");
    writeFileSync(file, "this is no database, but long enough to have a header ".repeat(40));
    const error = await failureOf(openStore({ path: file }));
    expect(error.code).toBe("corrupt");
    expect(error.message).toContain(file);
    expect(error.remedy).toContain("DB_PATH");
  });

  it("is refused when its directory cannot be made", async () => {
    const file = join(temporaryDirectory("store"), "a-file");
    writeFileSync(file, "");
    const error = await failureOf(openStore({ path: join(file, "logbert.db") }));
    expect(error.code).toBe("unreachable");
  });

  it("reports a lock, and goes on once it is gone", async () => {
    const rival = new SqliteDatabase(path);
    rival.exec("begin exclusive");
    const error = await failureOf(store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] }));
    expect(error.code).toBe("locked");
    rival.exec("rollback");
    rival.close();
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    expect(await store.countAnomalies({})).toBe(1);
  });
});

it("a copy of the file opens with everything in it after a close", async () => {
  await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
  await store.close();
  const copy = join(temporaryDirectory("store"), "copy.db");
  copyFileSync(path, copy);
  store = await openStore({ path: copy });
  expect(await store.countAnomalies({})).toBe(1);
});
