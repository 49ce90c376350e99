import { graphql, type ResultOf } from "../graphql.ts";

/** A threshold with what people changed, newest first, a page of it. */
export const thresholdHistoryQuery = graphql(`
  query ThresholdHistory($service: String!, $first: Int!, $after: String) {
    threshold(service: $service) {
      mode
      value
      alertsPerDay
      changeId
      history(first: $first, after: $after) {
        nodes {
          id
          mode
          value
          alertsPerDay
          author
          at
          revertOf
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

/** Sets a threshold back to how it was found before a change. */
export const revertThresholdMutation = graphql(`
  mutation RevertThreshold($changeId: ID!, $basedOn: ID) {
    revertThreshold(changeId: $changeId, basedOn: $basedOn) {
      changeId
      mode
      value
      alertsPerDay
    }
  }
`);

/** A threshold with a page of its history. */
export type ThresholdWithHistory = ResultOf<typeof thresholdHistoryQuery>["threshold"];

/** One change. */
export type ThresholdChange = ThresholdWithHistory["history"]["nodes"][number];

/**
 * What was in force before a change: that of the next older one, or automatic before the first.
 * @param hasOlder whether there are changes that were not fetched: then the oldest one's "before" is not known
 */
export function ruleBefore(
  changes: readonly ThresholdChange[],
  index: number,
  hasOlder: boolean,
): Pick<ThresholdChange, "mode" | "value" | "alertsPerDay"> | undefined {
  const older = changes[index + 1];
  if (older !== undefined) return older;
  return hasOlder ? undefined : { mode: "AUTO", value: null, alertsPerDay: null };
}

/** The changes after the one that somebody has seen, newest first; all of them where they had seen none. */
export function changesSince(
  changes: readonly ThresholdChange[],
  seenId: string | null,
): readonly ThresholdChange[] {
  const seen = changes.findIndex(({ id }) => id === seenId);
  return seen < 0 ? changes : changes.slice(0, seen);
}

/** A newer first page before what was fetched of the older ones, each change once. */
export function mergeChanges(
  fresh: readonly ThresholdChange[],
  known: readonly ThresholdChange[],
): readonly ThresholdChange[] {
  const ids = new Set(fresh.map(({ id }) => id));
  return [...fresh, ...known.filter(({ id }) => !ids.has(id))];
}
