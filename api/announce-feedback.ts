import type { Store } from "../store/store.ts";

/** The same store, which tells the incident of each anomaly that feedback is given of or taken back from, once that is stored. */
export function announceFeedback(store: Store, onJudged: (incidentId: string) => void): Store {
  const announce = async (...feedbackIds: readonly string[]) => {
    const incidents = await Promise.all(feedbackIds.map((id) => store.incidentOfFeedback(id)));
    for (const incidentId of incidents) if (incidentId !== undefined) onJudged(incidentId);
  };
  return {
    ...store,
    async addFeedback(...feedback) {
      const isStored = await store.addFeedback(...feedback);
      if (isStored) await announce(...feedback.map(({ id }) => id));
      return isStored;
    },
    async undoFeedback(id, atMs, by) {
      const isUndone = await store.undoFeedback(id, atMs, by);
      if (isUndone) await announce(id);
      return isUndone;
    },
  };
}
