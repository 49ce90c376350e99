import type { DetectorUnderTest } from "../detector-under-test.ts";
import { countVectorScore } from "./count-vector-knn.ts";
import { lengthScore } from "./length.ts";
import { newEventScore } from "./new-event.ts";
import { scoreSequences } from "./score-units.ts";

/** A new event or a length outside the known range, whichever is worse. */
export const newEventAndLength: DetectorUnderTest = {
  name: "new event + length",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const [eventOf, lengthOf] = [newEventScore(train), lengthScore(train)];
    return scoreSequences((events) => Math.max(eventOf(events), lengthOf(events)));
  },
};

/**
 * Count vectors, and above all of them whatever has a new event or a length outside the known range: any threshold gives the
 * union that Landauer et al. (FSE 2024) call event + length + ECVC.
 */
export const eventLengthCounts: DetectorUnderTest = {
  name: "event + length + counts",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const [eventOf, lengthOf] = [newEventScore(train), lengthScore(train)];
    const countsOf = countVectorScore(train);
    return scoreSequences((events) => {
      const isOutside = eventOf(events) > 0 || lengthOf(events) > 0;
      return countsOf(events) + (isOutside ? 1 : 0);
    });
  },
};
