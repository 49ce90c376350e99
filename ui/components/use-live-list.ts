import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { useClient } from "urql";
import { useConnection } from "../connection.ts";
import { createFeedSource } from "./feed-source.ts";
import type { ListFilter, ListView } from "./list-filter.ts";
import { type LiveListState, liveListReducer, loadingList } from "./live-list-state.ts";
import type { FeedRow } from "./live-row.ts";

const RETRY_MS = 5_000;

/** The list, and what can be done with it. */
export interface LiveList extends LiveListState<FeedRow> {
  loadMore(): void;
  retry(): void;
  release(): void;
  /** Replaces a row where it is. */
  change(row: FeedRow): void;
}

/**
 * Pages and the live subscription as one list; after a lost connection the newest page fills the gap. `shouldHold` says
 * whether an arrival should wait because the reader is further down.
 */
export function useLiveList(view: ListView, filter: ListFilter, shouldHold: () => boolean): LiveList {
  const client = useClient();
  const source = useMemo(() => createFeedSource(client, view, filter), [client, view, filter]);
  const [state, dispatch] = useReducer(liveListReducer<FeedRow>, loadingList);
  const { connects } = useConnection();
  const generation = useRef(0);
  const connectsSeen = useRef(0);

  const fetchPage = useCallback(
    async (kind: "page" | "newest", after: string | undefined) => {
      const asked = generation.current;
      const page = await source.page(after);
      if (asked !== generation.current) return;
      if ("error" in page) dispatch({ kind: "failed", error: page.error });
      else if (kind === "page") dispatch({ kind, page });
      else dispatch({ kind, page, isHeld: shouldHold() });
    },
    [source, shouldHold],
  );

  useEffect(
    () =>
      source.follow({
        onRow: (row) => dispatch({ kind: "arrived", row, isHeld: shouldHold() }),
        onRenew: (renew) => dispatch({ kind: "renewed", renew }),
      }),
    [source, shouldHold],
  );

  useEffect(() => {
    generation.current += 1;
    dispatch({ kind: "restarted" });
    void fetchPage("page", undefined);
  }, [fetchPage]);

  // What came between the page and the (new) connection is in neither.
  useEffect(() => {
    if (connects === connectsSeen.current) return;
    connectsSeen.current = connects;
    void fetchPage("newest", undefined);
  }, [connects, fetchPage]);

  const { phase } = state;
  useEffect(() => {
    if (phase !== "failed") return;
    const timer = setTimeout(() => void fetchPage("newest", undefined), RETRY_MS);
    return () => clearTimeout(timer);
  }, [phase, fetchPage]);

  const { nextCursor, rows } = state;
  return {
    ...state,
    loadMore: () => {
      if (phase !== "ready" || nextCursor === undefined) return;
      dispatch({ kind: "asked-more" });
      void fetchPage("page", nextCursor);
    },
    retry: () => {
      dispatch(rows.length === 0 ? { kind: "restarted" } : { kind: "asked-more" });
      void fetchPage("newest", undefined);
    },
    release: () => dispatch({ kind: "released" }),
    change: useCallback((row) => dispatch({ kind: "changed", row }), []),
  };
}
