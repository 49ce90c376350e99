import { useState } from "react";
import { useClient } from "urql";
import { describeError, type UserError } from "../client.ts";
import { graphql } from "../graphql.ts";
import { anomalyRow } from "./anomaly-row.ts";
import { incidentRow } from "./incident-row.ts";
import { lastGiven } from "./incident-words.ts";
import { anomalyFeedRow, type FeedRow, incidentFeedRow } from "./live-row.ts";
import { useCanWrite } from "./ReadOnlyNote.tsx";

const judgeIncident = graphql(`
  mutation JudgeIncident($input: IncidentFeedbackInput!) {
    addIncidentFeedback(input: $input) {
      id
    }
  }
`);

const judgeAnomaly = graphql(`
  mutation JudgeAnomaly($input: FeedbackInput!) {
    addFeedback(input: $input) {
      id
    }
  }
`);

const takeBack = graphql(`
  mutation TakeBack($id: ID!) {
    undoFeedback(id: $id)
  }
`);

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
        said: feedback {
          id
          isTrueAnomaly
          createdAt
        }
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
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<UserError>();

  const readAgain = async ({ kind, id }: FeedRow) => {
    if (kind === "incident") {
      const { data } = await client.query(incidentQuery, { id }).toPromise();
      if (data?.incident) onChanged(incidentFeedRow(data.incident));
      return data?.incident?.feedback ?? [];
    }
    const { data } = await client.query(anomalyRowQuery, { id }).toPromise();
    if (data?.anomaly) onChanged(anomalyFeedRow(data.anomaly));
    return data?.anomaly?.said ?? [];
  };
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (isPending || !canWrite) return false;
    setPending(true);
    const failure = await work();
    setPending(false);
    setError(failure === undefined ? undefined : describeError(failure));
    return failure === undefined;
  };
  const say = ({ kind, id }: FeedRow, isTrueAnomaly: boolean) =>
    kind === "incident"
      ? client.mutation(judgeIncident, { input: { incidentId: id, isTrueAnomaly } }).toPromise()
      : client.mutation(judgeAnomaly, { input: { anomalyId: id, isTrueAnomaly } }).toPromise();

  return {
    canWrite,
    isPending,
    error,
    give: (row, isTrueAnomaly) =>
      attempt(async () => {
        const result = await say(row, isTrueAnomaly);
        await readAgain(row);
        return result.error;
      }),
    async undo(row) {
      let taken = 0;
      const isDone = await attempt(async () => {
        // As it is now: somebody else may have said something meanwhile.
        for (const { id } of lastGiven(await readAgain(row))) {
          const result = await client.mutation(takeBack, { id }).toPromise();
          if (result.error !== undefined) return result.error;
          taken += 1;
        }
        await readAgain(row);
        return undefined;
      });
      return isDone && taken > 0;
    },
  };
}
