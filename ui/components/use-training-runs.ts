import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import { type TrainingRunData, trainingRunsQuery } from "./training-query.ts";
import { isOpen, mergeRuns } from "./training-runs.ts";
import { useReconnected } from "./use-reconnected.ts";

const PAGE_RUNS = 20;
const POLL_OPEN_MS = 2_000;
const POLL_MS = 15_000;

/** Runs of the trainer, as far as they were asked for. */
export interface TrainingRuns {
  /** Newest first; undefined until the first answer. */
  readonly runs: readonly TrainingRunData[] | undefined;
  /** The one that is waiting or under way. */
  readonly open: TrainingRunData | undefined;
  readonly error: unknown;
  readonly hasOlder: boolean;
  refresh(): void;
  loadOlder(): void;
}

/** Follows the runs: every two seconds while one is under way. */
export function useTrainingRuns(): TrainingRuns {
  const client = useClient();
  const [runs, setRuns] = useState<readonly TrainingRunData[]>();
  const [olderCursor, setOlderCursor] = useState<string | null>();
  const [error, setError] = useState<unknown>();

  const fetchPage = useCallback(
    async (after: string | null) => {
      const result = await client.query(trainingRunsQuery, { first: PAGE_RUNS, after }).toPromise();
      setError(result.error);
      if (result.data === undefined) return;
      const { nodes, pageInfo } = result.data.trainingRuns;
      setRuns((known) => mergeRuns(known ?? [], nodes));
      const cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      // The newest page is asked for again and again; where the older ones begin is known from the first time.
      setOlderCursor((known) => (after === null && known !== undefined ? known : cursor));
    },
    [client],
  );

  const open = runs?.find(isOpen);
  const everyMs = open === undefined ? POLL_MS : POLL_OPEN_MS;
  const refresh = useCallback(() => void fetchPage(null), [fetchPage]);
  useEffect(refresh, [refresh]);
  useReconnected(refresh);
  useEffect(() => {
    const ask = () => {
      if (!document.hidden) refresh();
    };
    const timer = setInterval(ask, everyMs);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [refresh, everyMs]);

  return {
    runs,
    open,
    error,
    hasOlder: typeof olderCursor === "string",
    refresh,
    loadOlder: () => {
      if (typeof olderCursor === "string") void fetchPage(olderCursor);
    },
  };
}
