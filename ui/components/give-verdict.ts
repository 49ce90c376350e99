import type { Client } from "urql";
import { describeError, type UserError } from "../client.ts";
import { graphql, type ResultOf } from "../graphql.ts";
import { lastGiven } from "./incident-words.ts";
import { overtakenInWords, ownWords, unseenWord } from "./verdict-words.ts";

const said = graphql(`
  fragment Said on Feedback {
    id
    anomalyId
    isTrueAnomaly
    note
    author
    createdAt
  }
`);

const saidOfAnomaly = graphql(
  `
    query SaidOfAnomaly($id: ID!) {
      viewer {
        name
      }
      anomaly(id: $id) {
        feedback {
          ...Said
        }
      }
    }
  `,
  [said],
);

const saidOfIncident = graphql(
  `
    query SaidOfIncident($id: ID!) {
      viewer {
        name
      }
      incident(id: $id) {
        feedback {
          ...Said
        }
      }
    }
  `,
  [said],
);

const judgeAnomaly = graphql(
  `
    mutation JudgeAnomaly($input: FeedbackInput!) {
      addFeedback(input: $input) {
        ...Said
      }
    }
  `,
  [said],
);

const judgeIncident = graphql(
  `
    mutation JudgeIncident($input: IncidentFeedbackInput!) {
      addIncidentFeedback(input: $input) {
        ...Said
      }
    }
  `,
  [said],
);

const undoFeedback = graphql(`
  mutation UndoFeedback($id: ID!) {
    undoFeedback(id: $id)
  }
`);

/** One word that somebody said of an anomaly. */
export type Said = ResultOf<typeof said>;

/** What is judged: one anomaly, or all that is odd in an incident. */
export interface Judged {
  readonly kind: "anomaly" | "incident";
  readonly id: string;
  /** What the page shows as said of it. */
  readonly shown: readonly Pick<Said, "id">[];
}

/** What came of a wish to say something, or to take it back. */
export interface VerdictOutcome {
  readonly isDone: boolean;
  /** What stands now, oldest first; undefined where it is not known, or is what it was. */
  readonly said: readonly Said[] | undefined;
  /** What was given. */
  readonly given: readonly Said[];
  /** Why it was not done. */
  readonly problem: UserError | undefined;
}

/** Words of this window that its pages need not have shown: they may be said again before a page has asked anew. */
const ownIds = new Set<string>();
const OWN_IDS_MAX = 1_000;
/** Words that the API lets one take the place of. */
const REPLACED_MAX = 1_000;

/**
 * Gives a verdict. Where somebody has said something that the page does not show, nothing is stored, and that is told first. One's own words
 * that stand of the same anomaly, or of any of the same incident, give way to it in the same step; those of others stay beside it. Never
 * rejects.
 */
export async function giveVerdict(
  client: Client,
  of: Judged,
  isTrueAnomaly: boolean,
  note?: string,
): Promise<VerdictOutcome> {
  const now = await readSaid(client, of, isTrueAnomaly);
  if ("problem" in now) return now;
  const replaces = ownWords(now.said, now.viewer)
    .slice(-REPLACED_MAX)
    .map(({ id }) => id);
  const text = note?.trim() ?? "";
  const { given, error } = await say(client, of, {
    isTrueAnomaly,
    note: text === "" ? null : text,
    replaces,
  });
  if (given === undefined) return failed(error, undefined);
  const left = now.said.filter(({ id }) => !replaces.includes(id));
  for (const { id } of given) ownIds.add(id);
  for (const id of [...ownIds].slice(0, -OWN_IDS_MAX)) ownIds.delete(id);
  return { isDone: true, said: [...left, ...given], given, problem: undefined };
}

/** Takes back what was said last, whoever said it, where the page shows it. Never rejects; not done where there is nothing. */
export async function takeBackLast(client: Client, of: Judged): Promise<VerdictOutcome> {
  const now = await readSaid(client, of, undefined);
  if ("problem" in now) return now;
  const last = of.kind === "incident" ? lastGiven(now.said) : now.said.slice(-1);
  const { ids, error } = await undoAll(client, last);
  const left = now.said.filter(({ id }) => !ids.has(id));
  if (error !== undefined) return failed(error, ids.size > 0 ? left : undefined);
  return { isDone: ids.size > 0, said: left, given: [], problem: undefined };
}

/** Takes one word back; resolves to why it failed, undefined where it is gone. */
export async function takeBackWord(client: Client, id: string): Promise<UserError | undefined> {
  const { error } = await undoAll(client, [{ id }]);
  return error === undefined ? undefined : describeError(error);
}

interface SaidNow {
  readonly said: readonly Said[];
  readonly viewer: string;
}

/** What stands at this moment, or the outcome where it is not known or not what the page shows. */
async function readSaid(
  client: Client,
  of: Judged,
  isTrueAnomaly: boolean | undefined,
): Promise<SaidNow | VerdictOutcome> {
  const { now, error } = await (of.kind === "incident"
    ? askIncident(client, of.id)
    : askAnomaly(client, of.id));
  if (now === undefined) return failed(error, undefined);
  const unseen = unseenWord(now.said, [...of.shown.map(({ id }) => id), ...ownIds]);
  if (unseen === undefined) return now;
  const problem = overtakenInWords(unseen, isTrueAnomaly, Date.now());
  return { isDone: false, said: now.said, given: [], problem };
}

async function askAnomaly(client: Client, id: string) {
  const { data, error } = await client.query(saidOfAnomaly, { id }).toPromise();
  if (data === undefined) return { now: undefined, error };
  const now: SaidNow = { said: data.anomaly?.feedback ?? [], viewer: data.viewer.name };
  return { now, error };
}

async function askIncident(client: Client, id: string) {
  const { data, error } = await client.query(saidOfIncident, { id }).toPromise();
  if (data === undefined) return { now: undefined, error };
  const now: SaidNow = { said: data.incident?.feedback ?? [], viewer: data.viewer.name };
  return { now, error };
}

/** What is said, and the words that give way to it. */
interface Word {
  readonly isTrueAnomaly: boolean;
  readonly note: string | null;
  readonly replaces: string[];
}

async function say(client: Client, { kind, id }: Judged, word: Word) {
  if (kind === "incident") {
    const input = { incidentId: id, ...word };
    const { data, error } = await client.mutation(judgeIncident, { input }).toPromise();
    return { given: data?.addIncidentFeedback, error };
  }
  const input = { anomalyId: id, ...word };
  const { data, error } = await client.mutation(judgeAnomaly, { input }).toPromise();
  return { given: data === undefined ? undefined : [data.addFeedback], error };
}

async function undoAll(client: Client, words: readonly Pick<Said, "id">[]) {
  const ids = new Set<string>();
  for (const { id } of words) {
    const { error } = await client.mutation(undoFeedback, { id }).toPromise();
    if (error !== undefined) return { ids, error };
    ids.add(id);
  }
  return { ids, error: undefined };
}

function failed(error: unknown, left: readonly Said[] | undefined): VerdictOutcome {
  return { isDone: false, said: left, given: [], problem: describeError(error) };
}
