import { createRandom } from "../../generate/random.ts";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreEach } from "./score-units.ts";

/** A throw of dice: what every other row has to beat. */
export const randomScore: DetectorUnderTest = {
  name: "random",
  isSeeded: true,
  appliesTo: () => true,
  async fit(_train, { seed }) {
    const random = createRandom(seed);
    return { score: (units) => scoreEach(units, () => random.next()) };
  },
};
