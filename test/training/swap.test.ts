import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { openStore } from "../../store/open-store.ts";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { aRun } from "../store-contract/a-run.ts";
import { idOf } from "../store-contract/an-anomaly.ts";
import { ended, type StageUnderTest, startStageUnderTest } from "./start-stage-under-test.ts";

const running: StageUnderTest[] = [];
const start = async (...args: Parameters<typeof startStageUnderTest>) => {
  const stage = await startStageUnderTest(...args);
  running.push(stage);
  return stage;
};
const stop = async (stage: StageUnderTest) => {
  running.splice(running.indexOf(stage), 1);
  await stage.stop();
};
afterEach(async () => {
  for (const stage of running.splice(0)) await stage.stop();
});

const THRESHOLD = { service: "shop", alertsPerDay: undefined, author: undefined };
const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];

/** Some steps of orders, and at the end something that nobody has seen before. */
function aRequest(number: number): Uint8Array {
  const usual = Array.from({ length: 12 }, (_, i) => ({
    timeUnixNano: BigInt(1_000_000 + number * 2_000 + i * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${STEPS[i % STEPS.length]} id=${number * 7919 + i} for bob@example.com`,
  }));
  const word = [...String(number)].map((digit) => "abcdefghij"[Number(digit)]).join("");
  const odd = {
    timeUnixNano: 1_000_000_000_000n,
    severityNumber: 21,
    body: `panic ${word}${word} in ${word}z`,
  };
  return encodeRequest([{ attributes: { "service.name": "shop" }, records: [...usual, odd] }]);
}

const send = async (stage: StageUnderTest, number: number) =>
  expect((await sendHttp(stage.httpAddress, aRequest(number))).status).toBe(200);
const teach = async (stage: StageUnderTest) => {
  for (let i = 0; i < 10; i += 1) await send(stage, i);
};

describe("weights that beat those in use", () => {
  it("replace them under a stream of requests: each record is judged once, by the one or the other", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const stage = await start("better", { forward: hop.address });
    await teach(stage);
    // Every record is an anomaly then, and names who judged it.
    await stage.people.setThreshold({ ...THRESHOLD, mode: "manual", value: 0 }, Date.now());
    let sent = 10;
    let isOver = false;
    const sender = async () => {
      while (!isOver) await send(stage, sent++);
    };
    const senders = Promise.all([sender(), sender(), sender()]);
    const run = await stage.train();
    const until = sent + 30;
    await waitFor("requests after the swap", () => (sent > until ? true : undefined));
    isOver = true;
    await senders;
    expect(run).toMatchObject({
      state: "PROMOTED",
      modelBefore: SHIPPED_VERSION,
      modelAfter: `${SHIPPED_VERSION}+t`,
      heldOutLossBefore: 1.5,
      heldOutLossAfter: 1.25,
      progress: 1,
    });
    const records = hop.received.flatMap((bytes) => readRequest(bytes).records);
    expect(records).toHaveLength(sent * 13);
    expect(stage.unscored()).toBe(0);
    expect(records.filter((record) => record.attribute("anomaly.score") === undefined)).toEqual([]);
    const judges = records.map((record) => record.attribute("anomaly.model.version"));
    expect(new Set(judges.slice(-13))).toEqual(new Set([`${SHIPPED_VERSION}+t`]));
    expect(new Set(judges.filter((version) => version !== undefined))).toEqual(
      new Set([SHIPPED_VERSION, `${SHIPPED_VERSION}+t`]),
    );
    await hop.close();
  });

  it("stay over a restart, and go with one call, which holds over the next one", async () => {
    const first = await start("better");
    await teach(first);
    await first.train();
    expect(first.scorer.version).toBe(`${SHIPPED_VERSION}+t`);
    await stop(first);
    const second = await start("better", { directory: first.directory });
    expect(second.scorer.version).toBe(`${SHIPPED_VERSION}+t`);
    expect(await second.people.rollbackModel(Date.now())).toMatchObject({ version: SHIPPED_VERSION });
    await waitFor("the old weights", () => (second.scorer.version === SHIPPED_VERSION ? true : undefined));
    await send(second, 20);
    expect(second.unscored()).toBe(0);
    expect((await second.people.trainingRuns({ first: 1 }))[0]?.state).toBe("ROLLED_BACK");
    await stop(second);
    const third = await start("better", { directory: first.directory });
    expect(third.scorer.version).toBe(SHIPPED_VERSION);
  });

  it("that are gone or damaged at a start make room for those before them, which is written down", async () => {
    const first = await start("better");
    await teach(first);
    await first.train();
    await stop(first);
    writeFileSync(join(first.directory, `models/${SHIPPED_VERSION}+t/model.onnx`), "no graph");
    const second = await start("better", { directory: first.directory });
    expect(second.scorer.version).toBe(SHIPPED_VERSION);
    const models = await second.people.models();
    const problem = models.find(({ version }) => version === `${SHIPPED_VERSION}+t`)?.problem;
    expect(problem).toMatch(/is damaged/);
    expect(problem).toContain(`${SHIPPED_VERSION}+t/model.onnx`);
    expect(problem).not.toContain(first.directory);
    await send(second, 20);
    expect(second.unscored()).toBe(0);
  });

  it("that are gone when somebody goes back to them leave those in use", async () => {
    const stage = await start("better");
    await teach(stage);
    await stage.train();
    await stage.train();
    expect(stage.scorer.version).toBe(`${SHIPPED_VERSION}+t+t`);
    rmSync(join(stage.directory, `models/${SHIPPED_VERSION}+t`), { recursive: true });
    await stage.people.rollbackModel(Date.now());
    const problem = await waitFor("the reason", async () => {
      const models = await stage.people.models();
      return models.find(({ version }) => version === `${SHIPPED_VERSION}+t`)?.problem;
    });
    expect(problem).toMatch(/cannot be read/);
    expect(problem).not.toContain(stage.directory);
    expect(stage.scorer.version).toBe(`${SHIPPED_VERSION}+t+t`);
    expect((await stage.people.activeModel())?.version).toBe(`${SHIPPED_VERSION}+t+t`);
  });
});

describe("weights that are not to be used", () => {
  it.each([
    ["worse", "REJECTED", /do not beat/],
    ["lucky", "REJECTED", /do not beat .*falls by 0.0150 .*standard error of 0.0100/],
    ["harmful", "REJECTED", /make the service mail worse/],
    ["damaged", "FAILED", /is damaged/],
    ["fails", "FAILED", /diverged at step 7/],
    [
      "full",
      "FAILED",
      /^the model cannot be written to model \(ENOSPC\); check the permissions of training.directory and the room on its disk, and ask for another training$/,
    ],
    ["killed", "FAILED", /ended by SIGKILL.*memory.*ask for another/],
  ] as const)("%s: the run ends %s, and those in use stay", async (behaviour, state, message) => {
    const stage = await start(behaviour);
    await teach(stage);
    const run = await stage.train();
    expect(run.state).toBe(state);
    expect(run.message).toMatch(message);
    expect(run.message).not.toContain(stage.directory);
    expect(stage.scorer.version).toBe(SHIPPED_VERSION);
    expect((await stage.people.activeModel())?.version).toBe(SHIPPED_VERSION);
    expect(existsSync(join(stage.directory, `models/${SHIPPED_VERSION}+t`))).toBe(false);
    expect(existsSync(join(stage.directory, "training/run"))).toBe(false);
    await send(stage, 20);
    expect(stage.unscored()).toBe(0);
    const losses = { worse: 1.75, lucky: 1.485, harmful: 1.25 };
    if (state === "REJECTED")
      expect(run).toMatchObject({ heldOutLossBefore: 1.5, heldOutLossAfter: losses[behaviour] });
    else expect(run.progress).toBe(behaviour === "damaged" ? 1 : 0.5);
  });

  it("those that find no place on the disk: the run says what to check", async () => {
    const stage = await start("better");
    await teach(stage);
    writeFileSync(join(stage.directory, "models"), "in the way");
    const run = await stage.train();
    expect(run.state).toBe("FAILED");
    expect(run.message).toMatch(/models.*check the permissions of training.directory.*ask for another/);
    expect(run.message).not.toContain(stage.directory);
    expect(stage.scorer.version).toBe(SHIPPED_VERSION);
  });

  it("those of a run that has no place to work in: the run says what to check", async () => {
    const stage = await start("better");
    writeFileSync(join(stage.directory, "training"), "in the way");
    const run = await stage.train();
    expect(run.state).toBe("FAILED");
    expect(run.message).toMatch(/ENOTDIR.*check the permissions of training.directory.*ask for another/);
    expect(run.message).not.toContain(stage.directory);
  });

  it("those of a run without a single record", async () => {
    const run = await (await start("better")).train();
    expect(run).toMatchObject({ state: "FAILED" });
    expect(run.message).toMatch(/nothing has been recorded/);
  });
});

describe("a run that does not come to its end", () => {
  const begun = async (stage: StageUnderTest) => {
    await stage.people.requestTraining(aRun(1));
    await waitFor("its progress", async () => {
      const run = await stage.people.openTrainingRun();
      return run?.progress === 0.5 && run.loss === 2.5 ? true : undefined;
    });
  };

  it("is in the queue again when the stage is stopped, and the next one carries it out", async () => {
    const stage = await start("waits");
    await teach(stage);
    await begun(stage);
    await stop(stage);
    const store = await openStore({ path: join(stage.directory, "logbert.db") });
    expect(await store.openTrainingRun()).toEqual(aRun(1));
    await store.close();
    const next = await start("better", { directory: stage.directory });
    expect((await waitFor("its end", () => ended(next.people, idOf(1)))).state).toBe("PROMOTED");
  });

  it("is begun anew once when the stage was killed, and fails when the next one was as well", async () => {
    const first = await start("better");
    await teach(first);
    await stop(first);
    const kill = async (holder: string) => {
      const store = await openStore({ path: join(first.directory, "logbert.db") });
      await store.requestTraining(aRun(1));
      const deadRevision = (await store.trainingTurn())?.revision;
      expect((await store.claimTraining({ holder, deadRevision }, 2_000))?.id).toBe(idOf(1));
      await store.close();
    };
    await kill("one");
    await kill("two");
    mkdirSync(join(first.directory, "training/run/model"), { recursive: true });
    const second = await start("better", { directory: first.directory });
    const run = await waitFor("its end", () => ended(second.people, idOf(1)));
    expect(run).toMatchObject({
      state: "FAILED",
      message: expect.stringMatching(/ended while it ran, twice/),
    });
    expect(existsSync(join(first.directory, "training/run"))).toBe(false);
    expect((await second.train()).state).toBe("PROMOTED");
  });
});

describe("what is recorded", () => {
  it("is what was learned from: templates, without what redaction hides", async () => {
    const stage = await start("better");
    await teach(stage);
    const { directory } = stage;
    await stop(stage);
    const names = readdirSync(join(directory, "training"));
    expect(names).toHaveLength(1);
    const text = names.map((name) => readFileSync(join(directory, "training", name), "utf8")).join("");
    for (const step of STEPS) expect(text).toContain(step);
    expect(text).toContain("for <EMAIL>");
    expect(text).not.toContain("bob");
  });
});
