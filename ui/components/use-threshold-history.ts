import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import {
  mergeChanges,
  type ThresholdChange,
  type ThresholdWithHistory,
  thresholdHistoryQuery,
} from "./threshold-history.ts";
import { useReconnected } from "./use-reconnected.ts";

const PAGE_CHANGES = 20;

/** What people changed of a threshold. */
export interface ThresholdHistoryState {
  /** Newest first; undefined until the first page is there. */
  readonly changes: readonly ThresholdChange[] | undefined;
  readonly hasOlder: boolean;
  readonly error: unknown;
  /** Fetches the newest page; resolves to the threshold as it is now, undefined when the API does not answer. */
  reload(): Promise<ThresholdWithHistory | undefined>;
  loadOlder(): void;
}

/** The history of a service's threshold, page by page. */
export function useThresholdHistory(service: string): ThresholdHistoryState {
  const client = useClient();
  const [changes, setChanges] = useState<readonly ThresholdChange[]>();
  const [olderCursor, setOlderCursor] = useState<string>();
  const [error, setError] = useState<unknown>();

  const fetchPage = useCallback(
    async (after: string | null) => {
      const variables = { service, first: PAGE_CHANGES, after };
      const result = await client.query(thresholdHistoryQuery, variables).toPromise();
      setError(result.error);
      return result.data?.threshold;
    },
    [client, service],
  );

  const reload = useCallback(async () => {
    const threshold = await fetchPage(null);
    if (threshold === undefined) return undefined;
    const { nodes, pageInfo } = threshold.history;
    setChanges((known) => mergeChanges(nodes, known ?? []));
    setOlderCursor(
      (known) => known ?? (pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined),
    );
    return threshold;
  }, [fetchPage]);

  useEffect(() => {
    void reload();
  }, [reload]);
  useReconnected(() => void reload());

  const loadOlder = async () => {
    if (olderCursor === undefined) return;
    const threshold = await fetchPage(olderCursor);
    if (threshold === undefined) return;
    const { nodes, pageInfo } = threshold.history;
    setChanges((known) => mergeChanges(known ?? [], nodes));
    setOlderCursor(pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined);
  };

  return {
    changes,
    hasOlder: olderCursor !== undefined,
    error,
    reload,
    loadOlder: () => void loadOlder(),
  };
}
