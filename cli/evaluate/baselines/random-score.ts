import { createRandom } from "../../generate/random.ts";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreEach } from "./score-units.ts";

/** Keeps the seeds of neighbouring lines and of neighbouring runs apart. */
const SEED_STRIDE = 1_000_003;

/** A throw of dice for each unit, by its place in the data: what every other row has to beat. */
export const randomScore: DetectorUnderTest = {
  name: "random",
  isSeeded: true,
  appliesTo: () => true,
  async fit(_train, { seed }) {
    return {
      score: (units) =>
        scoreEach(units, ({ source }) => createRandom(seed * SEED_STRIDE + source.fromLine).next()),
    };
  },
};
