import type { GraphQLError } from "graphql";
import type { Feedback } from "../../store/feedback.ts";
import type { Incident } from "../../store/incident.ts";
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
      const [given] = await give([input.anomalyId], input.isTrueAnomaly, note, context);
      return given;
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
      const given = await give(await judgedWith(incident, context), input.isTrueAnomaly, note, context);
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
    undoneAt: ({ undoneAtMs }: Feedback) => undoneAtMs ?? null,
    undoneBy: ({ undoneBy }: Feedback) => undoneBy ?? null,
  },
};

/** The anomalies that a word on an incident is about, as far as they are still stored. */
async function judgedWith({ id, templates }: Incident, { store }: Context): Promise<readonly string[]> {
  const subjects = await store.incidentSubjects(id, SUBJECTS_MAX);
  const stored = await store.anomaliesById(anomaliesToJudge(templates, subjects, JUDGED_MAX));
  return stored.map((one) => one.id);
}

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

/** All of it or nothing: what one of them cannot take none of them is given. */
async function give(
  anomalyIds: readonly string[],
  isTrueAnomaly: boolean,
  note: string | undefined,
  { store, now, newId, feedbackOf, principal }: Context,
): Promise<readonly Feedback[]> {
  const before = await Promise.all(anomalyIds.map((id) => feedbackOf.load(id)));
  if (before.some(({ length }) => length >= FEEDBACK_PER_ANOMALY_MAX))
    throw userError(
      "BAD_USER_INPUT",
      `${anomalyIds.length === 1 ? "This anomaly" : "One of the anomalies"} was judged ${FEEDBACK_PER_ANOMALY_MAX} times already.`,
      "Take earlier feedback back first.",
    );
  const author = principal.name;
  // One time for all of them: who takes it back takes back what was said in one breath.
  const createdAtMs = now();
  const given = anomalyIds.map(
    (anomalyId): Feedback => ({ id: newId(), anomalyId, isTrueAnomaly, note, author, createdAtMs }),
  );
  if (!(await store.addFeedback(...given))) throw noAnomaly();
  for (const id of anomalyIds) feedbackOf.clear(id);
  return given;
}
