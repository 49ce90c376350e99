import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitFor } from "../helpers/wait-for.ts";
import { bodyOf, type Receiver, startReceiver } from "./receiver.ts";
import { createTelling, type Telling } from "./start-telling.ts";

let receiver: Receiver;
let telling: Telling;
beforeEach(async () => {
  receiver = await startReceiver();
  const url = receiver.url;
  telling = await createTelling({
    channels: [
      { kind: "webhook", name: "ops", url, secret: "a secret of plain text", allow_private_addresses: true },
    ],
  });
});
afterEach(async () => {
  await telling.close();
  await receiver.close();
});

/** As by a fault of a disk, or a newer version. */
function damage(statement: string): void {
  const file = new SqliteDatabase(telling.path);
  file.prepare(statement).run();
  file.close();
}

const error = (text: string) =>
  waitFor("an error", () => (telling.errors.some((one) => one.includes(text)) ? true : undefined));

it("an alert that cannot be read does not keep back what waits to be sent", async () => {
  await telling.start();
  await telling.anomaly(1);
  await receiver.got(1);
  damage("update alerts set told = 'nothing'");
  await telling.anomaly(2, { service: "b" });
  await error("alerts.told");
  const test = { key: "t", kind: "test" } as const;
  await telling.stage.addTestMessage(
    "ops",
    { ...test, notice: JSON.stringify({ kind: "test", channel: "ops" }) },
    Date.now(),
  );
  const received = await receiver.got(2);
  expect(received.map((one) => bodyOf(one).type)).toEqual(["incident.opened", "test"]);
});

it("a stage's status that cannot be read does not keep back incidents", async () => {
  damage(
    "insert into stage_status (instance, status, started_at_ms, updated_at_ms) values ('a', 'nothing', 0, 0)",
  );
  await telling.start();
  await error("stage_status");
  await telling.anomaly(1);
  expect(bodyOf((await receiver.got(1))[0] ?? expect.fail("nothing came")).type).toBe("incident.opened");
});
