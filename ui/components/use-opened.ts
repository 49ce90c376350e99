import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import { graphql } from "../graphql.ts";
import { useLastKnown } from "../ui/use-last-known.ts";
import { incidentJudged } from "./feed-source.ts";
import { type IncidentRowData, incidentRow } from "./incident-row.ts";
import { type FeedRow, incidentFeedRow, isOf } from "./live-row.ts";
import type { LiveList } from "./use-live-list.ts";
import { useReconnected } from "./use-reconnected.ts";

const openedIncidentQuery = graphql(
  `
    query OpenedIncident($id: ID!) {
      anomaly(id: $id) {
        id
        incident {
          ...IncidentRow
        }
      }
    }
  `,
  [incidentRow],
);

/** The anomaly that is opened, as the list and its incident know it. */
export interface Opened {
  /** Its row, or its incident's, where the list has it. */
  readonly row: FeedRow | undefined;
  /** Undefined while it is not known, and where there is none. */
  readonly incident: IncidentRowData | undefined;
  /** Grows each time that the anomaly itself is to be asked for anew. */
  readonly revision: number;
  /** Asks for the incident anew. */
  renewIncident(): void;
  /** Asks for the incident and the anomaly anew. */
  renew(): void;
}

/** Finds the opened anomaly in the list; asks for its incident, which the list may not have, or have in a later state. */
export function useOpened(anomalyId: string | undefined, list: LiveList): Opened {
  const [revision, setRevision] = useState(0);
  const [{ data }, execute] = useQuery({
    query: openedIncidentQuery,
    variables: { id: anomalyId ?? "" },
    pause: anomalyId === undefined,
  });
  const anomaly = useLastKnown(data?.anomaly);
  const isOpened = anomalyId !== undefined && anomaly?.id === anomalyId;
  const asked = isOpened ? (anomaly.incident ?? undefined) : undefined;
  const { change } = list;
  useEffect(() => {
    if (asked !== undefined) change(incidentFeedRow(asked));
  }, [asked, change]);

  const row = list.rows.find(
    (one) =>
      anomalyId !== undefined && (isOf(one, anomalyId) || (one.kind === "incident" && one.id === asked?.id)),
  );
  const renewIncident = useCallback(() => {
    if (anomalyId !== undefined) execute({ requestPolicy: "network-only" });
  }, [anomalyId, execute]);
  const renew = useCallback(() => {
    if (anomalyId === undefined) return;
    renewIncident();
    setRevision((count) => count + 1);
  }, [anomalyId, renewIncident]);
  useJudgedElsewhere(asked, renew);
  useReconnected(renew);
  return {
    row,
    incident: row?.kind === "incident" ? row.incident : asked,
    revision,
    renewIncident,
    renew,
  };
}

/** Calls `onJudged` each time that something else is said of the incident than what was known of it. */
function useJudgedElsewhere(incident: IncidentRowData | undefined, onJudged: () => void): void {
  const client = useClient();
  const known = useRef("");
  useEffect(() => {
    if (incident !== undefined) known.current = wordsOf(incident);
  }, [incident]);
  const id = incident?.id;
  const service = incident?.service;
  useEffect(() => {
    if (id === undefined || service === undefined) return;
    const { unsubscribe } = client.subscription(incidentJudged, { service }).subscribe(({ data }) => {
      const changed = data?.incidentChanged;
      if (changed?.id !== id || wordsOf(changed) === known.current) return;
      known.current = wordsOf(changed);
      onJudged();
    });
    return unsubscribe;
  }, [client, id, service, onJudged]);
}

function wordsOf({ feedback }: { readonly feedback: readonly { readonly id: string }[] }): string {
  return feedback.map(({ id }) => id).join(" ");
}
