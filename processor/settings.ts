import type { FeedbackCounts } from "../store/feedback.ts";
import type { Store } from "../store/store.ts";
import type { ServiceJudge } from "./calibrate/create-judge.ts";
import { createFeedbackFollower, type Warnings } from "./follow-feedback.ts";

/** What people set through the API, followed through the store: the stage and the API never call each other. */
export interface Settings {
  /** Takes over what has changed since the last call. Rejects when thresholds cannot be read; feedback fails open. */
  follow(): Promise<void>;
  /** Feedback given so far. */
  feedback(): FeedbackCounts;
}

/** Applies what is set now. Rejects with the store's error when the thresholds cannot be read. */
export async function followSettings(
  store: Pick<Store, "changeCounter" | "thresholds" | "labels" | "labelsRevision" | "countFeedback">,
  judge: Pick<ServiceJudge, "applyThresholds" | "applyFeedback">,
  log: Warnings,
): Promise<Settings> {
  const people = createFeedbackFollower(store, judge, log);
  let seen: number | undefined;
  let isFollowed = false;
  const follow = async () => {
    const counter = await store.changeCounter();
    if (counter !== seen) {
      const thresholds = await store.thresholds();
      judge.applyThresholds(new Map(thresholds.map((threshold) => [threshold.service, threshold])));
      seen = counter;
      isFollowed = false;
    }
    if (!isFollowed) isFollowed = await people.follow();
  };
  await follow();
  return { follow, feedback: people.counts };
}
