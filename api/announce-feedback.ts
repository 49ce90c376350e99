import type { Store } from "../store/store.ts";

/** A store, as far as people judge in it. */
export type JudgedStore = Pick<Store, "addFeedback" | "undoFeedback" | "incidentOfFeedback">;

/**
 * The same store, which tells each incident in which feedback is given or taken back, once that is stored.
 *
 * @param onError told why an incident could not be told: what was said stands all the same
 */
export function announceFeedback<Judged extends JudgedStore>(
  store: Judged,
  onJudged: (incidentId: string) => void,
  onError: (error: unknown) => void,
): Judged {
  const announce = async (...feedbackIds: readonly string[]) => {
    try {
      const incidents = await Promise.all(feedbackIds.map((id) => store.incidentOfFeedback(id)));
      for (const incidentId of new Set(incidents)) if (incidentId !== undefined) onJudged(incidentId);
    } catch (error) {
      onError(error);
    }
  };
  const judging: Pick<JudgedStore, "addFeedback" | "undoFeedback"> = {
    async addFeedback(...feedback) {
      const isStored = await store.addFeedback(...feedback);
      if (isStored) await announce(...feedback.flatMap(({ id, replaces = [] }) => [id, ...replaces]));
      return isStored;
    },
    async undoFeedback(id, atMs, by) {
      const isUndone = await store.undoFeedback(id, atMs, by);
      if (isUndone) await announce(id);
      return isUndone;
    },
  };
  return { ...store, ...judging };
}
