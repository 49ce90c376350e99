import { LABELS_MAX } from "../store/label.ts";
import type { FeedbackCounts, Store } from "../store/store.ts";
import type { ServiceJudge } from "./calibrate/create-judge.ts";

/** What people set through the API, followed through the store: the stage and the API never call each other. */
export interface Settings {
  /** Takes over what has changed since the last call. */
  follow(): Promise<void>;
  /** Feedback given so far. */
  feedback(): FeedbackCounts;
}

/** Applies what is set now. Rejects with the store's error. */
export async function followSettings(store: Store, judge: ServiceJudge): Promise<Settings> {
  let seen: number | undefined;
  let feedback: FeedbackCounts = { confirmed: 0, expected: 0 };
  const follow = async () => {
    const counter = await store.changeCounter();
    if (counter === seen) return;
    const thresholds = await store.thresholds();
    judge.applyThresholds(new Map(thresholds.map((threshold) => [threshold.service, threshold])));
    judge.applyFeedback(await store.labels(LABELS_MAX));
    feedback = await store.countFeedback();
    seen = counter;
  };
  await follow();
  return { follow, feedback: () => feedback };
}
