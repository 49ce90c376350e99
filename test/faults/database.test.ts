import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, describe, expect } from "vitest";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { type Requirement, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { runCommand } from "../product/run-command.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { type RecordingHop, startRecordingHop } from "./recording-hop.ts";
import { type Sender, startSender } from "./sender.ts";

/** Requests that must go through while the database is ill. */
const REQUESTS = 20;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const mounted = temporaryDirectory("faults-disk");
const mount = (...options: readonly string[]) =>
  spawnSync("mount", [...options, mounted], { encoding: "utf8" }).status === 0;
const unmount = () => spawnSync("umount", ["-l", mounted]).status === 0;

/** A disk of the test's own, so that it can be full: only root may mount one. */
function ownDisk(): Requirement {
  const canMount = process.getuid?.() === 0 && mount("-t", "tmpfs", "-o", "size=1m", "tmpfs") && unmount();
  return { name: "a disk of its own", path: canMount ? mounted : undefined, remedy: "run as root: npm test" };
}

const NOTHING: Requirement = { name: "nothing", path: "/", remedy: "" };

interface Running {
  readonly stage: LogbertProcess;
  readonly hop: RecordingHop;
  readonly ledger: Ledger;
  readonly sender: Sender;
}

async function start(directory: string): Promise<Running> {
  const ledger = createLedger();
  const hop = await startRecordingHop("grpc", (body) => ledger.arrived(numbersIn(body)));
  undo.push(hop.down);
  const stage = await startLogbert({
    directory,
    settings: {
      forward: { endpoint: hop.endpoint },
      remember: { flush_interval_ms: 50, snapshot_interval_ms: 1_000 },
    },
  });
  undo.push(stage.kill);
  const sender = startSender({
    protocol: "grpc",
    address: stage.grpcEndpoint,
    stream: "one",
    recordsEach: 50,
    ledger,
  });
  return { stage, hop, ledger, sender };
}

/** So many requests more are answered. */
async function goOn(sender: Sender): Promise<void> {
  const done = sender.done() + REQUESTS;
  await waitFor("records to go on", () => (sender.done() >= done ? true : undefined));
}

async function expectEverything({ sender, ledger }: Running): Promise<void> {
  await sender.finish();
  expect(sender.codes).toEqual([]);
  expect(ledger.account()).toMatchObject({ lost: [], doubled: [], disordered: [], repeated: 0, refused: 0 });
}

/** Records that the database has counted. */
async function recordsOf({ stage }: Running): Promise<number> {
  const { services } = await stage.graphql("{ services { records } }");
  return Array.isArray(services)
    ? services.reduce((sum: number, { records }) => sum + Number(records), 0)
    : 0;
}

describe("while the database is ill, records go on, each once, in order:", () => {
  testWith([ownDisk()], "the disk is full, then there is room, and what waited is written", async () => {
    expect(mount("-t", "tmpfs", "-o", "size=4m", "tmpfs")).toBe(true);
    undo.push(unmount);
    const directory = join(mounted, "data");
    mkdirSync(directory);
    const running = await start(directory);
    // At once: later what the database needs has been set aside.
    const filler = join(mounted, "filler");
    const file = openSync(filler, "w");
    try {
      for (;;) writeSync(file, Buffer.alloc(4_096));
    } catch {
      closeSync(file);
    }
    await waitFor("the stage to say so", () =>
      /the disk is full|SQLITE_IOERR/.test(running.stage.stderr()) ? true : undefined,
    );
    await goOn(running.sender);
    rmSync(filler);
    await expectEverything(running);
    const sent = running.sender.done() * 50;
    await waitFor("every record to be counted", async () =>
      (await recordsOf(running)) === sent ? true : undefined,
    );
    expect(await running.stage.stop()).toBe(0);
  });

  testWith([NOTHING], "another process holds it for longer than a statement waits", async () => {
    const running = await start(temporaryDirectory("faults-locked"));
    await goOn(running.sender);
    const holder = new SqliteDatabase(join(running.stage.directory, "logbert.db"));
    holder.exec("begin immediate");
    await waitFor("the stage to say so", () =>
      running.stage.stderr().includes("is locked by another process") ? true : undefined,
    );
    await goOn(running.sender);
    holder.exec("rollback");
    holder.close();
    await expectEverything(running);
    const sent = running.sender.done() * 50;
    await waitFor("every record to be counted", async () =>
      (await recordsOf(running)) === sent ? true : undefined,
    );
    expect(await running.stage.stop()).toBe(0);
  });

  testWith([NOTHING], "its file is overwritten with garbage", async () => {
    const running = await start(temporaryDirectory("faults-garbage"));
    await goOn(running.sender);
    for (const name of ["logbert.db", "logbert.db-wal"]) {
      const file = openSync(join(running.stage.directory, name), "r+");
      writeSync(file, Buffer.alloc(1_000_000, 0xab), 0, 1_000_000, 0);
      closeSync(file);
    }
    await goOn(running.sender);
    await expectEverything(running);
    expect(await running.stage.stop()).toBe(0);
    const next = runCommand(["serve", "--config", "logbert.yaml"], { cwd: running.stage.directory });
    expect(await next).toMatchObject({ code: 1, stderr: expect.stringContaining("is damaged") });
  });

  testWith([NOTHING], "its files are deleted", async () => {
    const running = await start(temporaryDirectory("faults-deleted"));
    await goOn(running.sender);
    for (const name of ["logbert.db", "logbert.db-wal", "logbert.db-shm"])
      rmSync(join(running.stage.directory, name), { force: true });
    await goOn(running.sender);
    await expectEverything(running);
    expect(await running.stage.stop()).toBe(0);
  });
});
