import type { DetectorUnderTest } from "../detector-under-test.ts";
import { countVectorScore } from "./count-vector-knn.ts";
import { lengthScore } from "./length.ts";
import { newEventScore } from "./new-event.ts";
import { scoreSequences } from "./score-units.ts";

/** The number of distinct new events, and how far the length is outside the known range. */
export const newEventAndLength: DetectorUnderTest = {
  name: "new event + length",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const [eventOf, lengthOf] = [newEventScore(train), lengthScore(train)];
    return scoreSequences((events) => eventOf(events) + lengthOf(events));
  },
};

/**
 * Count vectors, and above all of them whatever has a length outside the known range or new events, the more the higher: any
 * threshold up to 1 gives the union that Landauer et al. (FSE 2024) call event + length + ECVC.
 */
export const eventLengthCounts: DetectorUnderTest = {
  name: "event + length + counts",
  isSeeded: false,
  appliesTo: () => true,
  async fit(train) {
    const [eventOf, lengthOf] = [newEventScore(train), lengthScore(train)];
    const countsOf = countVectorScore(train);
    return scoreSequences((events) => {
      const isTooShortOrLong = lengthOf(events) > 0;
      return countsOf(events) + eventOf(events) + (isTooShortOrLong ? 1 : 0);
    });
  },
};
