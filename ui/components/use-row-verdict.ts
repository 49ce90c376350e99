import { useClient } from "urql";
import type { UserError } from "../client.ts";
import { graphql } from "../graphql.ts";
import { anomalyRow } from "./anomaly-row.ts";
import type { Judged, VerdictOutcome } from "./give-verdict.ts";
import { incidentRow } from "./incident-row.ts";
import { anomalyFeedRow, type FeedRow, incidentFeedRow } from "./live-row.ts";
import { useCanWrite } from "./ReadOnlyNote.tsx";
import { useVerdicts } from "./use-verdicts.ts";

const incidentQuery = graphql(
  `
    query IncidentRowNow($id: ID!) {
      incident(id: $id) {
        ...IncidentRow
      }
    }
  `,
  [incidentRow],
);

const anomalyRowQuery = graphql(
  `
    query AnomalyRowNow($id: ID!) {
      anomaly(id: $id) {
        ...AnomalyRow
      }
    }
  `,
  [anomalyRow],
);

/** What people can say of a row of the list, and take back. */
export interface RowVerdict {
  /** Whether the token may say anything; give and undo do nothing where it may not. */
  readonly canWrite: boolean;
  readonly isPending: boolean;
  readonly error: UserError | undefined;
  /** Says it of the row: of an incident, of all that is odd in it. Resolves to whether it was stored. */
  give(row: FeedRow, isTrueAnomaly: boolean): Promise<boolean>;
  /** Takes back what was said last. Resolves to whether there was something and it is gone. */
  undo(row: FeedRow): Promise<boolean>;
}

/** Verdicts from the list itself; `onChanged` hears each row as it then is. */
export function useRowVerdict(onChanged: (row: FeedRow) => void): RowVerdict {
  const client = useClient();
  const canWrite = useCanWrite();
  const verdicts = useVerdicts();

  const readAgain = async ({ kind, id }: FeedRow) => {
    if (kind === "incident") {
      const { data } = await client.query(incidentQuery, { id }).toPromise();
      if (data?.incident) onChanged(incidentFeedRow(data.incident));
      return;
    }
    const { data } = await client.query(anomalyRowQuery, { id }).toPromise();
    if (data?.anomaly) onChanged(anomalyFeedRow(data.anomaly));
  };
  const hear = async (row: FeedRow, outcome: VerdictOutcome | undefined) => {
    if (outcome?.said !== undefined) await readAgain(row);
    return outcome?.isDone === true;
  };

  return {
    canWrite,
    isPending: verdicts.isPending,
    error: verdicts.error,
    give: async (row, isTrueAnomaly) =>
      canWrite && hear(row, await verdicts.give(toJudged(row), isTrueAnomaly)),
    undo: async (row) => canWrite && hear(row, await verdicts.takeBackLast(toJudged(row))),
  };
}

function toJudged(row: FeedRow): Judged {
  const { kind, id } = row;
  return { kind, id, shown: row.kind === "incident" ? row.incident.feedback : row.anomaly.feedback };
}
