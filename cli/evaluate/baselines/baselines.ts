import type { DetectorUnderTest } from "../detector-under-test.ts";
import { bigrams } from "./bigrams.ts";
import { eventLengthCounts, newEventAndLength } from "./combinations.ts";
import { countVectorKnn, countVectorKnnIdf } from "./count-vector-knn.ts";
import { editDistance } from "./edit-distance.ts";
import { interArrival } from "./inter-arrival.ts";
import { isolationForest } from "./isolation-forest.ts";
import { keywords } from "./keywords.ts";
import { length } from "./length.ts";
import { newEvent } from "./new-event.ts";
import { principalComponents } from "./principal-components.ts";
import { randomScore } from "./random-score.ts";
import { trigrams } from "./trigrams.ts";

/** What every result is printed beside, cheapest first. */
export const BASELINES: readonly DetectorUnderTest[] = [
  newEvent,
  length,
  newEventAndLength,
  countVectorKnn,
  countVectorKnnIdf,
  eventLengthCounts,
  bigrams,
  trigrams,
  editDistance,
  interArrival,
  principalComponents,
  isolationForest,
  keywords,
  randomScore,
];
