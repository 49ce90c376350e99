import { type ReactNode, useEffect } from "react";
import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { navigate } from "../navigation.ts";
import { paths } from "../paths.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLastKnown } from "../ui/use-last-known.ts";
import { AnomalyDetail } from "./AnomalyDetail.tsx";
import { anomalyQuery } from "./anomaly-query.ts";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { Link } from "./Link.tsx";

/** After a failure it is asked again by itself. */
const RETRY_MS = 5_000;

interface AnomalyPanelProps {
  readonly id: string;
  /** Where the list is. */
  readonly backHref: string;
  readonly onFeedback: (id: string, feedback: AnomalyRowData["feedback"]) => void;
  readonly announce: (text: string) => void;
  /** Asks anew whenever it grows: somebody has said something of the anomaly elsewhere. */
  readonly revision: number;
  /** What goes before the anomaly, such as its incident. */
  readonly children: ReactNode;
}

/** What another stage has stored under another id has one address: the list and its incident know it by that id alone. */
function useOwnAddress(id: string, storedId: string | undefined): void {
  useEffect(() => {
    if (storedId !== undefined && storedId !== id)
      navigate(paths.anomaly(storedId) + window.location.search, { replace: true });
  }, [id, storedId]);
}

/** One anomaly beside the list: fetched, or why it cannot be shown. */
export function AnomalyPanel(props: AnomalyPanelProps) {
  const { id, backHref, onFeedback, announce, revision, children } = props;
  const [{ data, error, fetching, operation }, refetch] = useQuery({
    query: anomalyQuery,
    variables: { id },
  });
  const isAnswer = !fetching && operation?.variables.id === id;
  useOwnAddress(id, isAnswer ? data?.anomaly?.id : undefined);
  // An answer that fails takes nothing from what is being read, or from what is being typed of it.
  const anomaly = useLastKnown(data?.anomaly);
  useEffect(() => {
    if (revision > 0) refetch({ requestPolicy: "network-only" });
  }, [revision, refetch]);
  const hasFailed = error !== undefined;
  useEffect(() => {
    if (!hasFailed || fetching) return;
    const timer = setTimeout(() => refetch({ requestPolicy: "network-only" }), RETRY_MS);
    return () => clearTimeout(timer);
  }, [hasFailed, fetching, refetch]);
  const isOther = anomaly !== undefined && anomaly !== null && anomaly.id !== id;
  return (
    <section className="anomaly-panel" aria-label="Anomaly">
      <Link href={backHref} className="close-link" aria-keyshortcuts="Escape">
        <span aria-hidden="true">←</span> Back to the list
      </Link>
      {children}
      {error !== undefined ? (
        <ErrorNotice {...describeError(error)} onRetry={() => refetch({ requestPolicy: "network-only" })} />
      ) : null}
      {fetching && error === undefined && (anomaly === undefined || isOther) ? (
        <Skeleton rows={10} label="Loading the anomaly" />
      ) : null}
      {anomaly === null && !fetching ? (
        <EmptyState title="No such anomaly">
          <p>It may have been deleted after the retention time, or the address is mistyped.</p>
        </EmptyState>
      ) : null}
      {anomaly === undefined || anomaly === null || isOther ? null : (
        <AnomalyDetail
          key={anomaly.id}
          anomaly={anomaly}
          announce={announce}
          onFeedback={(feedback) => {
            onFeedback(anomaly.id, feedback);
            refetch({ requestPolicy: "network-only" });
          }}
        />
      )}
    </section>
  );
}
