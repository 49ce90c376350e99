import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useState } from "react";
import { describeError } from "../client.ts";
import { formatCount, formatNoun } from "../format/count.ts";
import { useQueryString } from "../navigation.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useNow } from "../ui/use-now.ts";
import { AnomalyRow } from "./AnomalyRow.tsx";
import { ROWS_MAX } from "./anomaly-list-state.ts";
import { NothingOdd } from "./NothingOdd.tsx";
import type { AnomalyList as List } from "./use-anomaly-list.ts";

const ROW_HEIGHT_PX = 58;
const ROWS_BEYOND_VIEW = 8;
/** Rows from the end at which the next page is asked for. */
const ROWS_BEFORE_END = 15;
const CLOCK_MS = 30_000;

interface AnomalyListProps {
  readonly list: List;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly selectedId: string | undefined;
  readonly isFiltered: boolean;
  readonly onClearFilter: () => void;
}

/** The anomalies, newest first; only the rows in view exist in the page. */
export function AnomalyList({ list, scroller, selectedId, isFiltered, onClearFilter }: AnomalyListProps) {
  const { rows, held, phase } = list;
  const [releases, setReleases] = useState(0);
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
          Show {formatNoun(held.length, "new anomaly", "new anomalies")}
        </Button>
      ) : null}
      <div className="list-scroller" ref={scroller}>
        {phase === "failed" ? <ErrorNotice {...describeError(list.error)} onRetry={list.retry} /> : null}
        {phase === "loading" ? <Skeleton rows={8} label="Loading anomalies" /> : null}
        {phase === "ready" && rows.length === 0 ? (
          <NothingOdd isFiltered={isFiltered} onClearFilter={onClearFilter} />
        ) : null}
        {rows.length > 0 ? (
          <Rows list={list} scroller={scroller} selectedId={selectedId} releases={releases} />
        ) : null}
        {phase === "loading-more" ? <Skeleton rows={2} label="Loading older anomalies" /> : null}
        {rows.length >= ROWS_MAX ? (
          <p className="list-end">The newest {formatCount(ROWS_MAX)}. Narrow the filter to see older ones.</p>
        ) : null}
      </div>
    </div>
  );
}

interface RowsProps extends Pick<AnomalyListProps, "list" | "scroller" | "selectedId"> {
  /** How often held rows were asked for: each time the list goes back to its top. */
  readonly releases: number;
}

function Rows({ list, scroller, selectedId, releases }: RowsProps) {
  const { rows, loadMore } = list;
  const queryString = useQueryString();
  const nowMs = useNow(CLOCK_MS);
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
    const index = rows.findIndex((row) => row.id === selectedId);
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [selectedId]);

  // By the virtualizer, once the new rows are there: it would undo a scroll of its element while it measures them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a release scrolls
  useEffect(() => {
    if (releases > 0) virtualizer.scrollToIndex(0);
  }, [releases]);

  return (
    <ul className="rows" aria-label="Anomalies, newest first" style={{ height: virtualizer.getTotalSize() }}>
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
            <AnomalyRow
              row={row}
              nowMs={nowMs}
              queryString={queryString}
              isSelected={row.id === selectedId}
              isFresh={row.id === list.freshId}
            />
          </li>
        );
      })}
    </ul>
  );
}
