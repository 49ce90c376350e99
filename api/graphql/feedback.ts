import type { GraphQLError } from "graphql";
import type { Feedback } from "../../store/store.ts";
import { anomaliesToJudge } from "../labelling/to-judge.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

const NOTE_CHARACTERS_MAX = 2_000;
const FEEDBACK_PER_ANOMALY_MAX = 100;
/** Of an incident, the strongest anomalies that are looked at, and those that one word on it is said of. */
const SUBJECTS_MAX = 1_000;
const JUDGED_MAX = 100;

interface FeedbackInput {
  readonly anomalyId: string;
  readonly isTrueAnomaly: boolean;
  readonly note?: string | null;
}

interface IncidentFeedbackInput extends Omit<FeedbackInput, "anomalyId"> {
  readonly incidentId: string;
}

/** What people say of anomalies. */
export const feedback = {
  Mutation: {
    async addFeedback(_: unknown, { input }: { readonly input: FeedbackInput }, context: Context) {
      const note = toNote(input.note);
      if ((await context.store.anomaly(input.anomalyId)) === undefined) throw noAnomaly();
      return give(input.anomalyId, { ...input, note, atMs: context.now() }, context);
    },
    async addIncidentFeedback(
      _: unknown,
      { input }: { readonly input: IncidentFeedbackInput },
      context: Context,
    ) {
      const note = toNote(input.note);
      const incident = await context.incidentOf.load(input.incidentId);
      if (incident === undefined)
        throw userError(
          "NOT_FOUND",
          "There is no incident with this id.",
          "It may be older than the retention.",
        );
      const subjects = await context.store.incidentSubjects(incident.id, SUBJECTS_MAX);
      const ids = anomaliesToJudge(incident.templates, subjects, JUDGED_MAX);
      // One time for all of them: who takes it back takes back what was said in one breath.
      const said = { ...input, note, atMs: context.now() };
      const given: Feedback[] = [];
      for (const { id } of await context.store.anomaliesById(ids)) given.push(await give(id, said, context));
      context.incidentFeedbackOf.clear(incident.id);
      return given;
    },
    undoFeedback: (_: unknown, { id }: { readonly id: string }, { store, now, principal }: Context) =>
      store.undoFeedback(id, now(), principal.name),
  },
  Feedback: {
    note: ({ note }: Feedback) => note ?? null,
    author: ({ author }: Feedback) => author ?? null,
    createdAt: ({ createdAtMs }: Feedback) => createdAtMs,
  },
};

function noAnomaly(): GraphQLError {
  return userError(
    "NOT_FOUND",
    "There is no anomaly with this id.",
    "It may be older than the retention, or a sampled record that another one has replaced.",
  );
}

/** @throws a BAD_USER_INPUT error for a note that is too long */
function toNote(note: string | null | undefined): string | undefined {
  const text = note?.trim() ?? "";
  if (text.length <= NOTE_CHARACTERS_MAX) return text === "" ? undefined : text;
  throw userError(
    "BAD_USER_INPUT",
    `note: ${text.length} characters are more than ${NOTE_CHARACTERS_MAX}`,
    "Shorten it.",
  );
}

interface Said {
  readonly isTrueAnomaly: boolean;
  readonly note: string | undefined;
  readonly atMs: number;
}

async function give(
  anomalyId: string,
  { isTrueAnomaly, note, atMs }: Said,
  { store, newId, feedbackOf, principal }: Context,
): Promise<Feedback> {
  if ((await feedbackOf.load(anomalyId)).length >= FEEDBACK_PER_ANOMALY_MAX)
    throw userError(
      "BAD_USER_INPUT",
      `This anomaly was judged ${FEEDBACK_PER_ANOMALY_MAX} times already.`,
      "Take earlier feedback back first.",
    );
  const given: Feedback = {
    id: newId(),
    anomalyId,
    isTrueAnomaly,
    note,
    author: principal.name,
    createdAtMs: atMs,
  };
  if (!(await store.addFeedback(given))) throw noAnomaly();
  feedbackOf.clear(anomalyId);
  return given;
}
