import { describe, expect, it } from "vitest";
import { evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { evenSurprises } from "../../test/helpers/even-surprises.ts";
import { standInEncoder } from "../../test/helpers/stand-in-encoder.ts";
import { createEventModelDetector } from "./event-model.ts";
import type { EventScorer } from "./event-scorer.ts";
import { createVectorCache } from "./vector-cache.ts";

/** Weights that are equally surprised by everything, and can be replaced by others. */
function replaceable(first: { readonly version: string; readonly surprise: number }) {
  let inUse = first;
  const scorer: EventScorer = {
    get version() {
      return inUse.version;
    },
    eventsMax: 20,
    residual: () => undefined,
    score: async (batch) => evenSurprises(batch, inUse.surprise),
  };
  return {
    scorer,
    replace: (next: typeof first) => {
      inUse = next;
    },
  };
}

const window = () => freshWindow(["open", "read", "close"].map((template) => ({ template })));
const detectorOf = (scorer: EventScorer) =>
  createEventModelDetector(scorer, createVectorCache(standInEncoder));

async function live(detector: ReturnType<typeof detectorOf>, windows: number) {
  for (let i = 0; i < windows; i++) {
    const one = window();
    await surpriseOf(detector, one);
    detector.learn([one]);
  }
}

it("asks for no more rows of one request than it may, in however many calls it comes", async () => {
  let [rows, skipped] = [0, 0];
  const scorer: EventScorer = {
    version: "one",
    eventsMax: 20,
    residual: () => undefined,
    score: async (batch) => {
      rows += batch.rows.length;
      return evenSurprises(batch, 1);
    },
  };
  const detector = createEventModelDetector(scorer, createVectorCache(standInEncoder), {
    maxRows: 4,
    onSkipped: (events) => {
      skipped += events;
    },
  });
  const part = (name: string) => freshWindow([0, 1, 2].map((at) => ({ template: `${name} ${at}` })));
  const { signal } = new AbortController();
  await Promise.all([part("a"), part("b")].map((window) => evidenceOf(detector, [window], signal)));
  expect([rows, skipped]).toEqual([4, 2]);
  await evidenceOf(detector, [part("c")]);
  expect([rows, skipped]).toEqual([7, 2]);
});

describe("the usual surprise", () => {
  it("is that of the weights in use: after a swap it is learned anew", async () => {
    const { scorer, replace } = replaceable({ version: "one", surprise: 1 });
    const detector = detectorOf(scorer);
    await live(detector, 200);
    expect(await surpriseOf(detector, window())).toBeCloseTo(0);
    replace({ version: "two", surprise: 6 });
    expect(await surpriseOf(detector, window())).toBe(6);
    await live(detector, 50);
    expect(await surpriseOf(detector, window())).toBeCloseTo(0);
    // Lower than before is noticed as well: what is odd to these weights shows above what is usual to them.
    replace({ version: "three", surprise: 1 });
    await live(detector, 50);
    replace({ version: "three", surprise: 4 });
    // After what has not come before: nothing is remembered of it.
    const unusual = freshWindow([{ template: "read" }, { template: "read" }]);
    expect(await surpriseOf(detector, unusual)).toBeGreaterThan(2.5);
  });

  it("is not taught by weights that were replaced while the window waited", async () => {
    const { scorer, replace } = replaceable({ version: "one", surprise: 6 });
    const detector = detectorOf(scorer);
    const waiting = window();
    await surpriseOf(detector, waiting);
    replace({ version: "two", surprise: 1 });
    detector.learn([waiting]);
    expect(await surpriseOf(detector, window())).toBe(1);
  });

  it("is forgotten by a restart with other weights, and by no other", async () => {
    const { scorer } = replaceable({ version: "one", surprise: 6 });
    const before = detectorOf(scorer);
    await live(before, 100);
    const same = detectorOf(scorer);
    same.restore(JSON.parse(JSON.stringify(before.snapshot())));
    expect(await surpriseOf(same, window())).toBeCloseTo(0);
    const others = detectorOf(replaceable({ version: "two", surprise: 6 }).scorer);
    others.restore(JSON.parse(JSON.stringify(before.snapshot())));
    expect(await surpriseOf(others, window())).toBe(6);
  });
});

describe("what was expected", () => {
  it("is told by the templates that the model chose between, whatever is learned while it runs", async () => {
    const [asked, run] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const scorer: EventScorer = {
      version: "slow",
      eventsMax: 20,
      residual: () => undefined,
      score: async ({ rows }) => {
        asked.resolve();
        await run.promise;
        return rows.map(() => Float32Array.of(1, 9, 9, 2, 3));
      },
    };
    const detector = detectorOf(scorer);
    detector.learn([window()]);
    // Behind the three known templates comes the stranger, and behind it the end.
    const evidence = evidenceOf(detector, [freshWindow([{ template: "stranger" }])]);
    await asked.promise;
    detector.learn([freshWindow([{ template: "fourth" }, { template: "fifth" }])]);
    run.resolve();
    const [first] = await evidence;
    expect(first?.expected.map(({ template }) => template)).toEqual(["open", "stranger", undefined]);
  });
});

it("notes what the model would see of an event when it is learned, though the model was not asked", () => {
  const seen: string[] = [];
  const detector = createEventModelDetector(
    replaceable({ version: "one", surprise: 1 }).scorer,
    createVectorCache(standInEncoder),
    {
      featuresOf: (_, match) => {
        seen.push(match.templateId);
        return [1, 0, 0, 0];
      },
    },
  );
  const learned = freshWindow([{ template: "a <*>" }]);
  detector.learn([learned]);
  detector.learn([learned]);
  expect(seen).toHaveLength(1);
  expect(learned.events[0]?.code).toBeTypeOf("number");
});
