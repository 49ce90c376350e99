import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreSequences } from "./score-units.ts";

/** Counts what followed a context. */
interface Followers {
  readonly counts: Map<number, number>;
  total: number;
}

/** Stands before the first event and after the last one. */
const BORDER = -1;
/** Weight of the shorter context, as of so many observations. */
const BACK_OFF = 1;

/**
 * The largest surprise of an event, -ln P(event | the two before it), with interpolated back-off to one, none and any event:
 * the counting form of DeepLog (Du et al., CCS 2017), which asks whether the next event is among the likely ones.
 */
export const trigrams: DetectorUnderTest = {
  name: "3-gram (DeepLog-like)",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train, { templates }) {
    const contexts = new Map<string, Followers>();
    for (const { events } of train) {
      eachStep(events, (next, keys) => {
        for (const key of keys) {
          const followers = contexts.get(key) ?? { counts: new Map<number, number>(), total: 0 };
          followers.counts.set(next, (followers.counts.get(next) ?? 0) + 1);
          followers.total += 1;
          contexts.set(key, followers);
        }
      });
    }
    return scoreSequences((events) => {
      let surprise = 0;
      eachStep(events, (next, keys) => {
        let probability = 1 / (templates.length + 1);
        for (const key of keys) {
          const { counts, total } = contexts.get(key) ?? { counts: new Map<number, number>(), total: 0 };
          probability = ((counts.get(next) ?? 0) + BACK_OFF * probability) / (total + BACK_OFF);
        }
        surprise = Math.max(surprise, -Math.log(probability));
      });
      return surprise;
    });
  },
};

/** Hands over each event, the end included, with its contexts, the shortest first. */
function eachStep(events: readonly number[], visit: (next: number, keys: readonly string[]) => void): void {
  let [before, last] = [BORDER, BORDER];
  for (let i = 0; i <= events.length; i++) {
    const next = events[i] ?? BORDER;
    visit(next, ["", `${last}`, `${before} ${last}`]);
    [before, last] = [last, next];
  }
}
