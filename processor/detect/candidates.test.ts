import { expect, it } from "vitest";
import { freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { evenSurprises } from "../../test/helpers/even-surprises.ts";
import { standInEncoder } from "../../test/helpers/stand-in-encoder.ts";
import { createEventModelDetector } from "./event-model.ts";
import type { EventScorer } from "./event-scorer.ts";
import { createVectorCache } from "./vector-cache.ts";

it("a service that was forgotten and comes again with other templates gets no answers that were given before", async () => {
  let asked = 0;
  const scorer: EventScorer = {
    version: "one",
    eventsMax: 20,
    residual: () => undefined,
    async score(batch) {
      asked += batch.rows.length;
      return evenSurprises(batch, 1);
    },
  };
  const detector = createEventModelDetector(scorer, createVectorCache(standInEncoder), { maxServices: 1 });
  const live = async (template: string) => {
    const window = () => freshWindow([{ template }]);
    detector.learn([window()]);
    asked = 0;
    for (let time = 0; time < 3; time++) await surpriseOf(detector, window());
    return asked;
  };
  expect(await live("before")).toBe(1);
  detector.learn([freshWindow([{ template: "another" }], "bank")]);
  expect(await live("after")).toBe(1);
});
