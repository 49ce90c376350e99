import type { Feedback } from "../../store/store.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

const NOTE_CHARACTERS_MAX = 2_000;
const FEEDBACK_PER_ANOMALY_MAX = 100;

interface FeedbackInput {
  readonly anomalyId: string;
  readonly isTrueAnomaly: boolean;
  readonly note?: string | null;
}

/** What people say of anomalies. */
export const feedback = {
  Mutation: {
    async addFeedback(_: unknown, { input }: { readonly input: FeedbackInput }, context: Context) {
      const { store, now, newId, feedbackOf, principal } = context;
      const note = input.note?.trim() ?? "";
      if (note.length > NOTE_CHARACTERS_MAX)
        throw userError(
          "BAD_USER_INPUT",
          `note: ${note.length} characters are more than ${NOTE_CHARACTERS_MAX}`,
          "Shorten it.",
        );
      if ((await store.anomaly(input.anomalyId)) === undefined)
        throw userError(
          "NOT_FOUND",
          "There is no anomaly with this id.",
          "It may be older than the retention.",
        );
      if ((await feedbackOf.load(input.anomalyId)).length >= FEEDBACK_PER_ANOMALY_MAX)
        throw userError(
          "BAD_USER_INPUT",
          `This anomaly was judged ${FEEDBACK_PER_ANOMALY_MAX} times already.`,
          "Take earlier feedback back first.",
        );
      const given: Feedback = {
        id: newId(),
        anomalyId: input.anomalyId,
        isTrueAnomaly: input.isTrueAnomaly,
        note: note === "" ? undefined : note,
        author: principal.name,
        createdAtMs: now(),
      };
      await store.addFeedback(given);
      feedbackOf.clear(input.anomalyId);
      return given;
    },
    undoFeedback: (_: unknown, { id }: { readonly id: string }, { store, now }: Context) =>
      store.undoFeedback(id, now()),
  },
  Feedback: {
    note: ({ note }: Feedback) => note ?? null,
    author: ({ author }: Feedback) => author ?? null,
    createdAt: ({ createdAtMs }: Feedback) => createdAtMs,
  },
};
