import type { Client } from "urql";
import { graphql } from "../graphql.ts";
import { anomalyRow } from "./anomaly-row.ts";
import { incidentRow } from "./incident-row.ts";
import { type ListFilter, type ListView, looksDeeper, matchesFilter, toFilterInput } from "./list-filter.ts";
import type { RowPage } from "./live-list-state.ts";
import { anomalyFeedRow, type FeedRow, incidentFeedRow, withVerdictsOf } from "./live-row.ts";

const PAGE_ROWS = 50;

const anomaliesQuery = graphql(
  `
    query Anomalies($filter: AnomalyFilter, $first: Int!, $after: String) {
      anomalies(filter: $filter, first: $first, after: $after) {
        nodes {
          ...AnomalyRow
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
        templateId
        traceId
      }
    }
  `,
  [anomalyRow],
);

const incidentsQuery = graphql(
  `
    query Incidents($filter: AnomalyFilter, $first: Int!, $after: String) {
      incidents(filter: $filter, first: $first, after: $after) {
        nodes {
          ...IncidentRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [incidentRow],
);

const incidentChanged = graphql(
  `
    subscription IncidentChanged($service: String) {
      incidentChanged(service: $service) {
        ...IncidentRow
      }
    }
  `,
  [incidentRow],
);

/** What stands of each incident of which something was added or said. */
export const incidentJudged = graphql(`
  subscription IncidentJudged($service: String) {
    incidentChanged(service: $service) {
      id
      feedback {
        id
        anomalyId
        isTrueAnomaly
        createdAt
      }
    }
  }
`);

/** What is told of the rows of a list, as it happens. */
export interface FeedListener {
  /** A row has come or changed. */
  onRow(row: FeedRow): void;
  /** Every row may have changed. */
  onRenew(renew: (row: FeedRow) => FeedRow): void;
}

/** Where the rows of a list come from. */
export interface FeedSource {
  /** A page, or why there is none. */
  page(after: string | undefined): Promise<RowPage<FeedRow> | { readonly error: unknown }>;
  /** Tells rows as they come and change, until the returned function is called. */
  follow(listener: FeedListener): () => void;
}

/** The rows of a view that match the filter. */
export function createFeedSource(client: Client, view: ListView, filter: ListFilter): FeedSource {
  return view === "incidents" ? incidentSource(client, filter) : anomalySource(client, filter);
}

function anomalySource(client: Client, filter: ListFilter): FeedSource {
  return {
    async page(after) {
      const { data, error } = await client.query(anomaliesQuery, pageVariables(filter, after)).toPromise();
      if (data === undefined) return { error };
      return toPage(data.anomalies.nodes.map(anomalyFeedRow), data.anomalies.pageInfo);
    },
    follow({ onRow, onRenew }) {
      const variables = { service: filter.service || null };
      const detected = client.subscription(anomalyDetected, variables).subscribe(({ data }) => {
        const anomaly = data?.anomalyDetected;
        if (anomaly !== undefined && matchesFilter(anomaly, filter)) onRow(anomalyFeedRow(anomaly));
      });
      const judged = client.subscription(incidentJudged, variables).subscribe(({ data }) => {
        if (data !== undefined) onRenew((row) => withVerdictsOf(data.incidentChanged, row));
      });
      return () => {
        detected.unsubscribe();
        judged.unsubscribe();
      };
    },
  };
}

function incidentSource(client: Client, filter: ListFilter): FeedSource {
  return {
    async page(after) {
      const { data, error } = await client.query(incidentsQuery, pageVariables(filter, after)).toPromise();
      if (data === undefined) return { error };
      return toPage(data.incidents.nodes.map(incidentFeedRow), data.incidents.pageInfo);
    },
    follow({ onRow, onRenew }) {
      const asker = createAsker(async (id) => {
        const variables = { ...pageVariables({ ...filter, incidentId: id }, undefined), first: 1 };
        const { data } = await client.query(incidentsQuery, variables).toPromise();
        for (const incident of data?.incidents.nodes ?? []) onRow(incidentFeedRow(incident));
      });
      const { unsubscribe } = client
        .subscription(incidentChanged, { service: filter.service || null })
        .subscribe(({ data }) => {
          if (data === undefined) return;
          const changed = incidentFeedRow(data.incidentChanged);
          if (!looksDeeper(filter)) return onRow(changed);
          // What is listed stays, as it now is: judged, it may match no more. Whether a new one matches only the API can tell.
          onRenew((row) => (row.kind === "incident" && row.id === changed.id ? changed : row));
          asker.ask(changed.id);
        });
      return () => {
        asker.stop();
        unsubscribe();
      };
    },
  };
}

/** Asks for one id after the other; an id that is asked for again while it waits is asked for once. */
function createAsker(ask: (id: string) => Promise<void>) {
  const waiting = new Set<string>();
  let isAsking = false;
  const askAll = async () => {
    if (isAsking) return;
    isAsking = true;
    for (const id of waiting) {
      waiting.delete(id);
      await ask(id);
    }
    isAsking = false;
  };
  return {
    ask(id: string) {
      waiting.add(id);
      void askAll();
    },
    stop: () => waiting.clear(),
  };
}

function pageVariables(filter: ListFilter, after: string | undefined) {
  return { filter: toFilterInput(filter, Date.now()), first: PAGE_ROWS, after: after ?? null };
}

function toPage(
  rows: readonly FeedRow[],
  { hasNextPage, endCursor }: { readonly hasNextPage: boolean; readonly endCursor: string | null },
): RowPage<FeedRow> {
  return { rows, nextCursor: hasNextPage ? (endCursor ?? undefined) : undefined };
}
