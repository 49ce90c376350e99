import { useCallback, useEffect, useReducer, useRef } from "react";
import { useClient } from "urql";
import { useConnection } from "../connection.ts";
import { graphql } from "../graphql.ts";
import { type AnomalyListState, anomalyListReducer, loadingList } from "./anomaly-list-state.ts";
import { type AnomalyRowData, anomalyRow } from "./anomaly-row.ts";

const PAGE_ROWS = 50;
const RETRY_MS = 5_000;

const anomaliesQuery = graphql(
  `
    query Anomalies($filter: AnomalyFilter, $first: Int!, $after: String) {
      anomalies(filter: $filter, first: $first, after: $after) {
        edges {
          node {
            ...AnomalyRow
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [anomalyRow],
);

const anomalyDetected = graphql(
  `
    subscription AnomalyDetected($service: String) {
      anomalyDetected(service: $service) {
        ...AnomalyRow
        body
        traceId
      }
    }
  `,
  [anomalyRow],
);

/** What the list is narrowed to; an empty string narrows nothing. */
export interface ListFilter {
  readonly service: string;
  readonly text: string;
  readonly traceId: string;
}

/** The list, and what can be done with it. */
export interface AnomalyList extends AnomalyListState {
  loadMore(): void;
  retry(): void;
  release(): void;
  setFeedback(id: string, feedback: AnomalyRowData["feedback"]): void;
}

/**
 * Pages of anomalies and the live subscription as one list; after a lost connection the newest page fills the gap.
 * `shouldHold` says whether an arrival should wait because the reader is further down.
 */
export function useAnomalyList(filter: ListFilter, shouldHold: () => boolean): AnomalyList {
  const client = useClient();
  const [state, dispatch] = useReducer(anomalyListReducer, loadingList);
  const { service, text, traceId } = filter;
  const { connects } = useConnection();
  const generation = useRef(0);
  const connectsSeen = useRef(0);

  const fetchPage = useCallback(
    async (kind: "page" | "newest", after: string | undefined) => {
      const asked = generation.current;
      const variables = {
        filter: toInput({ service, text, traceId }),
        first: PAGE_ROWS,
        after: after ?? null,
      };
      const { data, error } = await client.query(anomaliesQuery, variables).toPromise();
      if (asked !== generation.current) return;
      if (data === undefined) return dispatch({ kind: "failed", error });
      const { edges, pageInfo } = data.anomalies;
      const nextCursor = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
      dispatch({ kind, rows: edges.map(({ node }) => node), nextCursor });
    },
    [client, service, text, traceId],
  );

  useEffect(() => {
    const variables = { service: service === "" ? null : service };
    const subscription = client.subscription(anomalyDetected, variables).subscribe(({ data }) => {
      if (data === undefined || !matches(data.anomalyDetected, text, traceId)) return;
      dispatch({ kind: "arrived", row: data.anomalyDetected, isHeld: shouldHold() });
    });
    return () => subscription.unsubscribe();
  }, [client, service, text, traceId, shouldHold]);

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
    setFeedback: useCallback((id, feedback) => dispatch({ kind: "feedback", id, feedback }), []),
  };
}

function toInput(filter: ListFilter) {
  return { service: filter.service || null, text: filter.text || null, traceId: filter.traceId || null };
}

/** The subscription knows the service only; text and trace are looked at here, as the API does for pages. */
function matches(
  anomaly: { readonly body: string; readonly template: string; readonly traceId: string | null },
  text: string,
  traceId: string,
): boolean {
  const wanted = text.toLowerCase();
  const hasText =
    anomaly.body.toLowerCase().includes(wanted) || anomaly.template.toLowerCase().includes(wanted);
  return hasText && (traceId === "" || anomaly.traceId === traceId);
}
