import type { FeedbackCounts } from "../store/feedback.ts";
import type { Label } from "../store/label.ts";
import { labelPages } from "../store/label-pages.ts";
import type { Store } from "../store/store.ts";
import type { ServiceJudge } from "./calibrate/create-judge.ts";

/** What people said of anomalies, followed through the store. */
export interface FeedbackFollower {
  /** Takes over what has changed. Never rejects: answers false when it is to be tried again. */
  follow(): Promise<boolean>;
  /** Feedback given so far. */
  counts(): FeedbackCounts;
}

/** Where it is told what cannot be read: a log. */
export interface Warnings {
  warn(facts: object, text: string): void;
}

/** Follows feedback, and fails open: the verdicts follow what could be read last. */
export function createFeedbackFollower(
  store: Pick<Store, "labels" | "labelsRevision" | "countFeedback">,
  judge: Pick<ServiceJudge, "applyFeedback">,
  log: Warnings,
): FeedbackFollower {
  let applied: string | undefined;
  let counts: FeedbackCounts = { confirmed: 0, expected: 0 };
  let unreadableTold = 0;
  let isFailureTold = false;

  const takeOver = async () => {
    // Asked before the labels: what is said while they are read changes it once more.
    const revision = await store.labelsRevision();
    if (revision === applied) return;
    const labels: Label[] = [];
    let unreadable = 0;
    for await (const page of labelPages(store)) {
      labels.push(...page.labels);
      unreadable += page.unreadable;
    }
    // Between the two: the last page and what is made of all of them are two turns of the event loop.
    counts = await store.countFeedback();
    judge.applyFeedback(labels);
    applied = revision;
    if (unreadable > unreadableTold)
      log.warn(
        { labels: unreadable },
        "explanations of labelled anomalies cannot be read: they teach nothing",
      );
    unreadableTold = unreadable;
  };

  return {
    async follow() {
      try {
        await takeOver();
        isFailureTold = false;
        return true;
      } catch (error) {
        if (!isFailureTold)
          log.warn(
            { reason: String(error) },
            "reading feedback failed; the verdicts follow what was read before",
          );
        isFailureTold = true;
        return false;
      }
    },
    counts: () => counts,
  };
}
