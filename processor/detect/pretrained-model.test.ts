import { describe, expect, it } from "vitest";
import { evidenceOf } from "../../test/helpers/detector-windows.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import { createPretrainedModelDetector, type PretrainedModelOptions } from "./pretrained-model.ts";
import type { PretrainedScorer, TextScore, WindowText } from "./pretrained-scorer.ts";

const event = (template: string): LogEvent => ({
  match: { templateId: template, template, parameters: ["a secret"], isNew: false },
  timeMs: 1,
  gapMs: 0,
  severityNumber: 9,
});

function windowOf(templates: readonly string[], freshFrom = 0): SequenceWindow {
  return {
    service: "shop",
    stream: "",
    events: templates.map(event),
    freshFrom,
    freshRecords: templates.slice(freshFrom).map((_, index) => index),
    isStart: true,
    isClosed: true,
    session: { events: templates.length, counts: new Map(), startedMs: 1 },
  };
}

/** Answers by the judged text's length, and remembers what it was asked. */
function scorerOf(answer: (text: WindowText) => TextScore, waitFor: Promise<unknown> = Promise.resolve()) {
  const asked: string[] = [];
  const explained: string[] = [];
  const say = (list: string[]) => async (texts: readonly WindowText[]) => {
    list.push(...texts.map(({ context, judged }) => [...context, judged].join(" | ")));
    await waitFor;
    return texts.map(answer);
  };
  const scorer: PretrainedScorer = {
    kind: "classifier",
    version: "fake",
    contextEvents: 2,
    score: say(asked),
    explain: async (texts) =>
      (await say(explained)(texts)).map((score) => ({
        ...score,
        tokens: [{ token: "x", importance: 1, start: 0, end: 1 }],
      })),
  };
  return { scorer, asked, explained };
}

const quiet = (): TextScore => ({ surprise: 0.1, probability: 0.1 });
const forever = () => new AbortController().signal;
const create = (scorer: PretrainedScorer, options: Partial<PretrainedModelOptions> = {}) =>
  createPretrainedModelDetector(scorer, { redact: (text) => text, patience: forever, ...options });

describe("a pretrained model as a detector", () => {
  it("shows the model each fresh event's redacted template after those before it, and no end", async () => {
    const { scorer, asked } = scorerOf(quiet);
    const detector = create(scorer, { redact: (text) => text.replace("bob", "<NAME>") });
    const evidence = await evidenceOf(detector, [windowOf(["a", "b", "c", "hi bob"], 2)]);
    expect(asked).toEqual(["a | b | c", "b | c | hi <NAME>"]);
    expect(evidence.map(({ window, event: at, probability }) => [window, at, probability])).toEqual([
      [0, 2, 0.1],
      [0, 3, 0.1],
    ]);
  });

  it("asks once for each text", async () => {
    const { scorer, asked } = scorerOf(quiet);
    const detector = create(scorer);
    await Promise.all([
      evidenceOf(detector, [windowOf(["a"]), windowOf(["a"])]),
      evidenceOf(detector, [windowOf(["a"])]),
    ]);
    await evidenceOf(detector, [windowOf(["a"])]);
    expect(asked).toEqual(["a"]);
  });

  it("asks what counted only where the model leans to an anomaly", async () => {
    const { scorer, explained } = scorerOf(({ judged }) => ({
      surprise: 1,
      probability: judged === "bad" ? 0.6 : 0.4,
    }));
    const [good, bad] = await evidenceOf(create(scorer), [windowOf(["good"]), windowOf(["bad"])]);
    expect(explained).toEqual(["bad"]);
    expect([good?.tokens, bad?.tokens?.length]).toEqual([undefined, 1]);
  });

  it("leaves what is beyond its rows, and values that are no numbers, without a score, and tells how many", async () => {
    const { scorer, asked } = scorerOf(({ judged }) => ({
      surprise: judged === "a" ? Number.NaN : 1,
      probability: 0.1,
    }));
    let skipped = 0;
    const detector = create(scorer, {
      maxTexts: 2,
      onSkipped: (events) => {
        skipped += events;
      },
    });
    const evidence = await evidenceOf(detector, [windowOf(["a"]), windowOf(["b"]), windowOf(["c"])]);
    expect(asked).toEqual(["a", "b"]);
    expect(evidence.map(({ window }) => window)).toEqual([1]);
    expect(skipped).toBe(2);
  });

  it("answers with what it has when patience ends, and knows the rest when it comes again", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { scorer, asked } = scorerOf(quiet, promise);
    let isPatient = false;
    const detector = create(scorer, { patience: () => (isPatient ? forever() : AbortSignal.abort()) });
    expect(await evidenceOf(detector, [windowOf(["a"])])).toEqual([]);
    resolve();
    isPatient = true;
    expect(await evidenceOf(detector, [windowOf(["a"])])).toHaveLength(1);
    expect(asked).toEqual(["a"]);
  });

  it("goes on with at most 64 texts that nobody waits for any more", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { scorer, asked } = scorerOf(quiet, promise);
    let isPatient = false;
    const detector = create(scorer, { patience: () => (isPatient ? forever() : AbortSignal.abort()) });
    await evidenceOf(
      detector,
      Array.from({ length: 200 }, (_, index) => windowOf([`text ${index}`])),
    );
    resolve();
    isPatient = true;
    await evidenceOf(detector, [windowOf(["another"])]);
    expect(asked).toHaveLength(8 + 64 + 1);
    expect(await evidenceOf(detector, [windowOf(["text 0"])])).toHaveLength(1);
    expect(asked).toHaveLength(8 + 64 + 1);
  });

  it("measures a masked language model against what is usual for the template, once that is acknowledged", async () => {
    const { scorer } = scorerOf(({ judged }) => ({ surprise: judged === "odd" ? 5 : 2 }));
    const detector = create({ ...scorer, kind: "masked-language-model" });
    const surprise = async (template: string) => {
      const window = windowOf([template]);
      const [evidence] = await evidenceOf(detector, [window]);
      return { window, surprise: evidence?.surprise };
    };
    expect((await surprise("usual")).surprise).toBe(2);
    expect((await surprise("usual")).surprise).toBe(2);
    detector.learn([(await surprise("usual")).window]);
    expect((await surprise("usual")).surprise).toBe(0);
    expect((await surprise("odd")).surprise).toBe(3);
    const again = create({ ...scorer, kind: "masked-language-model" });
    again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    const [evidence] = await evidenceOf(again, [windowOf(["odd"])]);
    expect(evidence?.surprise).toBe(3);
    expect(() => again.restore({ version: 2 })).toThrow(/pretrained-model detector is not usable/);
  });

  it("rejects when the model fails, and asks again next time", async () => {
    let isBroken = true;
    const { scorer } = scorerOf(() => {
      if (isBroken) throw new Error("the model failed");
      return quiet();
    });
    const detector = create(scorer);
    await expect(evidenceOf(detector, [windowOf(["a"])])).rejects.toThrow("the model failed");
    isBroken = false;
    expect(await evidenceOf(detector, [windowOf(["a"])])).toHaveLength(1);
  });

  it("keeps the score when the explanation fails", async () => {
    const { scorer } = scorerOf(() => ({ surprise: 3, probability: 0.9 }));
    const broken = { ...scorer, explain: () => Promise.reject(new Error("no explanation")) };
    const [evidence] = await evidenceOf(create(broken), [windowOf(["a"])]);
    expect(evidence).toMatchObject({ probability: 0.9 });
    expect(evidence).not.toHaveProperty("tokens");
  });
});
