import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import { SHOP } from "../api/start-api.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { runCommand } from "./run-command.ts";

const directory = temporaryDirectory("explain");
const path = join(directory, "logbert.db");
const explain = (...args: readonly string[]) =>
  runCommand(["explain", ...args], { cwd: directory, environment: { DB_PATH: path } });

beforeAll(async () => {
  const store = await openStore({ path });
  const { explanation } = anAnomaly(1);
  const facts = ["Never seen in 120 records of shop, which have 4 different messages."];
  await store.saveBatch({ ...SHOP, anomalies: [anAnomaly(1, { explanation: { ...explanation, facts } })] });
  await store.close();
});

describe("logbert explain", () => {
  it("tells the sentence and the facts of a stored anomaly", async () => {
    const { code, stdout } = await explain("--id", idOf(1));
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe(anAnomaly(1).explanation.summary);
    expect(stdout).toContain("Facts\n  - Never seen in 120 records of shop");
  });

  it("prints what is stored, for other programs", async () => {
    const { stdout } = await explain("--id", idOf(1), "--json");
    expect(JSON.parse(stdout)).toMatchObject({ id: idOf(1), explanation: { source: "MODEL" } });
  });

  it("says so when there is no such anomaly, no id or no database, and makes none", async () => {
    expect(await explain("--id", idOf(9))).toMatchObject({ code: 1, stdout: "" });
    expect((await explain()).code).toBe(2);
    const nowhere = await runCommand(["explain", "--id", idOf(1)], {
      cwd: directory,
      environment: { DB_PATH: join(directory, "nowhere.db") },
    });
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("nowhere.db") });
    expect((await explain("--id", idOf(1), "--config", "missing.yaml")).code).toBe(2);
  });
});
