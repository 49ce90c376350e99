import type { Feedback } from "../../store/feedback.ts";
import type { Incident } from "../../store/incident.ts";
import type { Store } from "../../store/store.ts";
import { anomaliesToJudge } from "../labelling/to-judge.ts";
import type { LinkRight } from "./link-token.ts";

/** As when a person judges the incident on the page. */
const SUBJECTS_MAX = 1_000;
const JUDGED_MAX = 100;
const FEEDBACK_PER_ANOMALY_MAX = 100;
/** Words that a channel's links say of one incident, taken back or not: whoever changes their mind more often does so on the page. */
const WORDS_MAX = 10;

/** What giving a verdict needs. */
export interface VerdictPorts {
  readonly store: Store;
  readonly now: () => number;
  /** A new ULID. */
  readonly newId: () => string;
}

/** Who says what is said by a channel's links. */
export function authorOf(channel: string): string {
  return `link:${channel}`;
}

/**
 * Says of an incident what a link gives the right to say, in the place of what was said by the same channel's links before. Called for one
 * after the other: it looks at what was said before it says anything.
 */
export async function giveVerdict(
  incident: Incident,
  { isTrueAnomaly, channel }: LinkRight,
  { store, now, newId }: VerdictPorts,
): Promise<"given" | "standing" | "full"> {
  const author = authorOf(channel);
  const subjects = await store.incidentSubjects(incident.id, SUBJECTS_MAX);
  const stored = await store.anomaliesById(anomaliesToJudge(incident.templates, subjects, JUDGED_MAX));
  const ids = stored.map(({ id }) => id);
  const said = await store.feedbackForIncidents([incident.id]);
  const earlier = said.filter((one) => one.author === author);
  if (said.at(-1)?.author === author && said.at(-1)?.isTrueAnomaly === isTrueAnomaly) return "standing";
  const ever = (await store.feedbackFor(ids, true)).filter((one) => one.author === author);
  const countOf = (list: readonly Feedback[], id: string) =>
    list.filter((one) => one.anomalyId === id).length;
  const ofOthers = said.filter((one) => one.author !== author);
  const isFull = (id: string) =>
    countOf(ofOthers, id) >= FEEDBACK_PER_ANOMALY_MAX || countOf(ever, id) >= WORDS_MAX;
  if (ids.some(isFull)) return "full";
  const createdAtMs = now();
  const given = ids.map((anomalyId) => ({
    id: newId(),
    anomalyId,
    isTrueAnomaly,
    note: undefined,
    author,
    createdAtMs,
  }));
  const [first, ...others] = given;
  if (first === undefined) return "full";
  const replaces = earlier.map(({ id }) => id);
  return (await store.addFeedback({ ...first, replaces }, ...others)) ? "given" : "full";
}
