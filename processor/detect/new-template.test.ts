import { describe, expect, it } from "vitest";
import { evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { createNewTemplateDetector } from "./new-template.ts";
import { evidenceAt } from "./opinions.ts";
import { placesOf } from "./places.ts";
import { createVectorCache } from "./vector-cache.ts";

const DIMENSIONS = 64;

/** An event whose text has this direction, in a plane with what all texts of the service have in common. */
function vectorAt(direction: number, cosineToCommon: number): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  vector[0] = cosineToCommon;
  vector[1 + direction] = Math.sqrt(1 - cosineToCommon ** 2);
  return vector;
}

/** Texts are "DIRECTION COSINE WORD"; two of them with other directions are as near as the product of their cosines. */
const vectors = () =>
  createVectorCache({
    dimensions: DIMENSIONS,
    encode: async (texts) =>
      texts.map((text) => {
        const [direction, cosine] = text.split(" ").map(Number);
        return vectorAt(direction ?? 0, cosine ?? 0);
      }),
  });

/** A detector that has seen these templates come, one after the other among many records of the first. */
async function familiarWith(templates: readonly string[]) {
  const detector = createNewTemplateDetector(vectors());
  const [usual = ""] = templates;
  for (const template of templates) {
    const window = freshWindow(
      [...Array<string>(100).fill(usual), template].map((text) => ({ template: text })),
    );
    await surpriseOf(detector, window);
    detector.learn([window]);
  }
  return detector;
}

const surpriseAt = async (detector: Awaited<ReturnType<typeof familiarWith>>, template: string) =>
  (await surpriseOf(detector, freshWindow([{ template }]))) ?? Number.NaN;

describe("a new template", () => {
  it("is hardly odd when it says what a known one says, in a service whose events read differently", async () => {
    const detector = await familiarWith(Array.from({ length: 30 }, (_, index) => `${index} 0.1 event`));
    const near = await surpriseAt(detector, "3 0.12 reworded");
    const far = await surpriseAt(detector, "40 0.1 other");
    expect(near).toBeLessThan(1);
    expect(far).toBeGreaterThan(4);
  });

  it("is as odd as any other where all events of the service read alike", async () => {
    const detector = await familiarWith(Array.from({ length: 30 }, (_, index) => `${index} 0.98 event`));
    expect(await surpriseAt(detector, "40 0.98 other")).toBeGreaterThan(3);
  });

  it("is judged the same after a restart", async () => {
    const detector = await familiarWith(Array.from({ length: 30 }, (_, index) => `${index} 0.98 event`));
    const again = createNewTemplateDetector(vectors());
    again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    expect(await surpriseAt(again, "40 0.98 other")).toBe(await surpriseAt(detector, "40 0.98 other"));
  });

  it("is taken as unlike anything beyond the first 256 of one call, whatever it says", async () => {
    const detector = await familiarWith(Array.from({ length: 30 }, (_, index) => `${index} 0.1 event`));
    const flood = Array.from({ length: 300 }, (_, index) => ({ template: `3 0.12 reworded ${index}` }));
    const surprises = (await evidenceOf(detector, [freshWindow(flood)])).map(({ surprise }) => surprise);
    expect(surprises[255]).toBeLessThan(1);
    expect(surprises[256]).toBeGreaterThan(4);
    expect(surprises[299]).toBe(surprises[256]);
  });
});

describe("a new error", () => {
  const ERROR = 17;
  const quiet = Array.from({ length: 12 }, (_, index) => `${index} 0.1 event`);

  /** How odd an error unlike all others is to a service that has had these errors, and is known again after a restart. */
  const surpriseAfter = async (errors: readonly string[]) => {
    const detector = await familiarWith([...quiet, ...quiet]);
    for (const template of errors) {
      const window = freshWindow([{ template, severityNumber: ERROR }]);
      await surpriseOf(detector, window);
      detector.learn([window]);
      detector.learn([freshWindow(Array(2_000).fill({ template: quiet[0] }))]);
    }
    const again = createNewTemplateDetector(vectors());
    again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    const other = freshWindow([{ template: "40 0.1 other", severityNumber: ERROR }]);
    const surprise = (await surpriseOf(detector, other)) ?? Number.NaN;
    expect(await surpriseOf(again, other)).toBe(surprise);
    return surprise;
  };

  it("is nearly as odd after three spellings of one error as after that one, and less so after three errors", async () => {
    const one = await surpriseAfter(["20 0.1 error", "1 0.1 event", "2 0.1 event"]);
    const spellings = await surpriseAfter(["20 0.1 error", "20 0.12 error", "20 0.14 error"]);
    const different = await surpriseAfter(["20 0.1 error", "21 0.1 error", "22 0.1 error"]);
    expect(one - spellings).toBeLessThan(0.5);
    expect(spellings - different).toBeGreaterThan(1.5);
  });
});

describe("the past of a template", () => {
  const atTime = (template: string, timeMs: number) => freshWindow([{ template, timeMs }]);

  it("is how often the service has written it, and since when", async () => {
    const detector = createNewTemplateDetector(vectors());
    for (const timeMs of [1_000, 2_000, 3_000]) detector.learn([atTime("0 0.1 usual", timeMs)]);
    detector.learn([atTime("1 0.1 rare", 4_000)]);
    const pasts = (
      await evidenceOf(detector, [atTime("0 0.1 usual", 9_000), atTime("2 0.1 new", 9_000)])
    ).map(({ past }) => past);
    expect(pasts).toEqual([
      { records: 4, templates: 2, times: 3, firstMs: 1_000 },
      { records: 4, templates: 2, times: 0 },
    ]);
    const again = createNewTemplateDetector(vectors());
    again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    expect((await evidenceOf(again, [atTime("0 0.1 usual", 9_000)]))[0]?.past).toEqual(pasts[0]);
  });

  it("of a new one stays what it was when it came, whatever is learned since", async () => {
    const detector = createNewTemplateDetector(vectors());
    const opinions = await detector.score(
      placesOf([atTime("0 0.1 new", 1_000)]),
      new AbortController().signal,
    );
    detector.learn([atTime("0 0.1 new", 1_000)]);
    expect(evidenceAt(opinions, 0).past).toEqual({ records: 0, templates: 0, times: 0 });
  });
});
