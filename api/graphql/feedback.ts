import type { GraphQLError } from "graphql";
import type { Feedback, NewFeedback } from "../../store/feedback.ts";
import type { Incident } from "../../store/incident.ts";
import { anomaliesToJudge } from "../labelling/to-judge.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

const NOTE_CHARACTERS_MAX = 2_000;
const FEEDBACK_PER_ANOMALY_MAX = 100;
/** Of an incident, the strongest anomalies that are looked at, and those that one word on it is said of. */
const SUBJECTS_MAX = 1_000;
const JUDGED_MAX = 100;
const REPLACED_MAX = 1_000;

interface WordInput {
  readonly isTrueAnomaly: boolean;
  readonly note?: string | null;
  readonly replaces?: readonly string[] | null;
}

interface FeedbackInput extends WordInput {
  readonly anomalyId: string;
}

interface IncidentFeedbackInput extends WordInput {
  readonly incidentId: string;
}

/** What is said, whatever it is said of. */
type Word = Pick<NewFeedback, "isTrueAnomaly" | "note" | "replaces">;

/** What people say of anomalies. */
export const feedback = {
  Mutation: {
    async addFeedback(_: unknown, { input }: { readonly input: FeedbackInput }, context: Context) {
      const word = toWord(input);
      const anomaly = await context.store.anomaly(input.anomalyId);
      if (anomaly === undefined) throw noAnomaly();
      const [given] = await give([anomaly.id], word, context);
      return given;
    },
    async addIncidentFeedback(
      _: unknown,
      { input }: { readonly input: IncidentFeedbackInput },
      context: Context,
    ) {
      const word = toWord(input);
      const incident = await context.incidentOf.load(input.incidentId);
      if (incident === undefined)
        throw userError(
          "NOT_FOUND",
          "There is no incident with this id.",
          "It may be older than the retention.",
        );
      return give(await judgedWith(incident, word.replaces ?? [], context), word, context);
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

/**
 * The anomalies that a word on an incident is about, as far as they are still stored: with those of the words that give way to it,
 * so that nothing that was judged is left without a word.
 */
async function judgedWith(
  { id, templates }: Incident,
  replaced: readonly string[],
  { store, incidentFeedbackOf }: Context,
): Promise<readonly string[]> {
  const subjects = await store.incidentSubjects(id, SUBJECTS_MAX);
  const before = (await incidentFeedbackOf.load(id)).filter((one) => replaced.includes(one.id));
  const ids = new Set(anomaliesToJudge(templates, subjects, JUDGED_MAX));
  for (const { anomalyId } of before) ids.add(anomalyId);
  const stored = await store.anomaliesById([...ids]);
  return stored.map((one) => one.id);
}

function noAnomaly(): GraphQLError {
  return userError(
    "NOT_FOUND",
    "There is no anomaly with this id.",
    "It may be older than the retention, or a sampled record that another one has replaced.",
  );
}

/** @throws a BAD_USER_INPUT error for a note that is too long, or more replaced than one could have said */
function toWord({ isTrueAnomaly, note, replaces }: WordInput): Word {
  const replaced = replaces ?? [];
  if (replaced.length > REPLACED_MAX)
    throw userError(
      "BAD_USER_INPUT",
      `replaces: ${replaced.length} are more than ${REPLACED_MAX}`,
      "Take some of them back by undoFeedback first.",
    );
  return { isTrueAnomaly, note: toNote(note), replaces: replaced };
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
  { replaces, ...word }: Word,
  { store, now, newId, feedbackOf, allFeedbackOf, incidentFeedbackOf, principal }: Context,
): Promise<readonly Feedback[]> {
  const before = await Promise.all(anomalyIds.map((id) => feedbackOf.load(id)));
  const replaced = new Set(replaces);
  const isFull = (said: readonly Feedback[]) =>
    said.filter(({ id }) => !replaced.has(id)).length >= FEEDBACK_PER_ANOMALY_MAX;
  if (before.some(isFull))
    throw userError(
      "BAD_USER_INPUT",
      `${anomalyIds.length === 1 ? "This anomaly" : "One of the anomalies"} was judged ${FEEDBACK_PER_ANOMALY_MAX} times already.`,
      "Take earlier feedback back first.",
    );
  const author = principal.name;
  // One time for all of them: who takes it back takes back what was said in one breath.
  const createdAtMs = now();
  const given = anomalyIds.map(
    (anomalyId): Feedback => ({ id: newId(), anomalyId, ...word, author, createdAtMs }),
  );
  // Theirs is one word, whose parts are stored together: what it replaces goes with any of them.
  const [first, ...others] = given;
  if (first === undefined || !(await store.addFeedback({ ...first, replaces }, ...others))) throw noAnomaly();
  for (const loader of [feedbackOf, allFeedbackOf, incidentFeedbackOf]) loader.clearAll();
  return given;
}
