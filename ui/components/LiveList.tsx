import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useState } from "react";
import { describeError } from "../client.ts";
import { formatCount, formatNoun } from "../format/count.ts";
import { useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useNow } from "../ui/use-now.ts";
import { FeedRowLink } from "./FeedRowLink.tsx";
import { Link } from "./Link.tsx";
import type { ListView } from "./list-filter.ts";
import { ROWS_MAX } from "./live-list-state.ts";
import { NothingOdd } from "./NothingOdd.tsx";
import type { ListCursor } from "./use-list-cursor.ts";
import type { LiveList as List } from "./use-live-list.ts";

const ROW_HEIGHT_PX = 58;
const ROWS_BEYOND_VIEW = 8;
/** Rows from the end at which the next page is asked for. */
const ROWS_BEFORE_END = 15;
const nouns = { incidents: ["incident", "incidents"], anomalies: ["anomaly", "anomalies"] } as const;

interface LiveListProps {
  readonly view: ListView;
  readonly list: List;
  readonly cursor: ListCursor;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The row whose anomaly is shown beside the list. */
  readonly openId: string | undefined;
  readonly isFiltered: boolean;
  readonly onClearFilter: () => void;
}

/** Incidents or anomalies, newest first; only the rows in view exist in the page. */
export function LiveList(props: LiveListProps) {
  const { view, list, scroller, isFiltered, onClearFilter } = props;
  const { rows, held, phase } = list;
  const [releases, setReleases] = useState(0);
  const [singular, plural] = nouns[view];
  return (
    <div className="anomaly-list">
      {held.length > 0 ? (
        <Button
          tone="primary"
          className="held-button"
          onClick={() => {
            list.release();
            setReleases((count) => count + 1);
          }}
        >
          Show {formatNoun(held.length, `new ${singular}`, `new ${plural}`)}
        </Button>
      ) : null}
      <div className="list-scroller" ref={scroller}>
        {phase === "failed" ? <ErrorNotice {...describeError(list.error)} onRetry={list.retry} /> : null}
        {phase === "loading" ? <Skeleton rows={8} label={`Loading ${plural}`} /> : null}
        {phase === "ready" && rows.length === 0 ? (
          <NothingOdd
            isFiltered={isFiltered}
            onClearFilter={onClearFilter}
            elsewhere={view === "incidents" ? <BeforeIncidents /> : null}
          />
        ) : null}
        {rows.length > 0 ? <Rows {...props} releases={releases} /> : null}
        {phase === "loading-more" ? <Skeleton rows={2} label={`Loading older ${plural}`} /> : null}
        {rows.length >= ROWS_MAX ? (
          <p className="list-end">The newest {formatCount(ROWS_MAX)}. Narrow the filter to see older ones.</p>
        ) : null}
      </div>
    </div>
  );
}

/** Anomalies from before incidents were kept are in none. */
function BeforeIncidents() {
  return (
    <p>
      <Link href={`${paths.live}?view=anomalies`}>Anomalies from before incidents were kept</Link>
    </p>
  );
}

interface RowsProps extends LiveListProps {
  /** How often held rows were asked for: each time the list goes back to its top. */
  readonly releases: number;
}

function Rows({ view, list, cursor, scroller, openId, releases }: RowsProps) {
  const { rows, loadMore } = list;
  const queryString = useQueryString();
  const nowMs = useNow();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: ROWS_BEYOND_VIEW,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const visible = virtualizer.getVirtualItems();
  const lastVisible = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastVisible >= rows.length - ROWS_BEFORE_END) loadMore();
  }, [lastVisible, rows.length, loadMore]);

  // Only a change of the selection scrolls, not an arrival that moves the selected row.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const index = rows.findIndex((row) => row.id === (cursor.id ?? openId));
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [cursor.id, openId]);

  // By the virtualizer, once the new rows are there: it would undo a scroll of its element while it measures them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a release scrolls
  useEffect(() => {
    if (releases > 0) virtualizer.scrollToIndex(0);
  }, [releases]);

  return (
    <ul
      className="rows"
      aria-label={view === "incidents" ? "Incidents, newest first" : "Anomalies, newest first"}
      style={{ height: virtualizer.getTotalSize() }}
    >
      {visible.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          <li
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            aria-setsize={list.nextCursor === undefined ? rows.length : -1}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <FeedRowLink
              row={row}
              nowMs={nowMs}
              queryString={queryString}
              isOpen={row.id === openId}
              isFresh={row.id === list.freshId}
              focusWish={cursor.focusWish}
              onFocus={() => cursor.set(row.id)}
            />
          </li>
        );
      })}
    </ul>
  );
}
