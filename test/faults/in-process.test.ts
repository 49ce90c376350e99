import { syncBuiltinESMExports } from "node:module";
import workerThreads, { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { waitFor } from "../helpers/wait-for.ts";
import { type StageUnderTest, startStageUnderTest } from "../training/start-stage-under-test.ts";
import { createLedger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { startRecordingHop } from "./recording-hop.ts";
import { startSender } from "./sender.ts";

const HOUR_MS = 3_600_000;
const REQUESTS = 10;

/** Every thread that is started, so that a test can end one: nobody outside of a process can. */
const threads: Worker[] = [];
class RecordedWorker extends Worker {
  readonly file: string;
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    this.file = String(args[0]);
    threads.push(this);
  }
}
const recordThreads = (on: boolean) => {
  Object.assign(workerThreads, { Worker: on ? RecordedWorker : Worker });
  syncBuiltinESMExports();
};

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function start() {
  const ledger = createLedger();
  const hop = await startRecordingHop("http", (body) => ledger.arrived(numbersIn(body)));
  undo.push(hop.down);
  const stage: StageUnderTest = await startStageUnderTest("waits", { forward: hop.endpoint });
  undo.push(stage.stop);
  const sender = startSender({
    protocol: "http",
    address: stage.httpAddress,
    stream: "one",
    recordsEach: 40,
    ledger,
  });
  return {
    ledger,
    hop,
    sender,
    async goOn() {
      const done = sender.done() + REQUESTS;
      await waitFor("records to go on", () => (sender.done() >= done ? true : undefined));
    },
  };
}

const EACH_ONCE = { lost: [], doubled: [], disordered: [], repeated: 0, refused: 0 };

describe("the model's thread", () => {
  it("dies under load, twice: records go on, each once, in order", async () => {
    recordThreads(true);
    undo.push(() => recordThreads(false));
    const { ledger, sender, goOn } = await start();
    for (let kill = 0; kill < 2; kill += 1) {
      await goOn();
      const model = threads.findLast((thread) => thread.threadId > 0 && isModel(thread));
      expect(model).toBeDefined();
      // No message of ours: it dies of it. To end it in the middle of a run would end the process: onnxruntime does not bear it.
      model?.postMessage(null);
      await goOn();
      await waitFor("another thread", () => (threads.findLast(isModel) === model ? undefined : true));
    }
    await goOn();
    await sender.finish();
    expect(sender.codes).toEqual([]);
    expect(ledger.account()).toMatchObject(EACH_ONCE);
  });
});

function isModel(thread: Worker): boolean {
  return thread instanceof RecordedWorker && thread.file.endsWith("/inference/worker.ts");
}

describe("the wall clock", () => {
  it("jumps a day ahead and an hour back: records go on, retries are known, each record comes once", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    undo.push(() => vi.useRealTimers());
    const { ledger, hop, sender, goOn } = await start();
    for (const jumpMs of [24 * HOUR_MS, -HOUR_MS, -25 * HOUR_MS]) {
      await goOn();
      hop.behave(() => ({ kind: "refuse", code: 503 }));
      const codes = sender.codes.length;
      await waitFor("a refusal", () => (sender.codes.length > codes ? true : undefined));
      vi.setSystemTime(Date.now() + jumpMs);
      hop.behave(() => ({ kind: "take" }));
      await goOn();
    }
    await sender.finish();
    expect(ledger.account()).toMatchObject(EACH_ONCE);
  });
});
