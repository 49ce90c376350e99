import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import { formatNoun } from "../format/count.ts";
import { Button } from "../ui/Button.tsx";
import { useMedia } from "../ui/use-media.ts";
import { TailRow } from "./TailRow.tsx";
import type { Tail } from "./use-tail.ts";

const ROW_HEIGHT_PX = 22;
/** On a narrow page a record takes two lines. */
const TALL_ROW_HEIGHT_PX = 42;
const ROWS_BEYOND_VIEW = 20;
/** The end of the list, give or take what browsers round. */
const AT_END_PX = 4;

interface TailListProps {
  readonly tail: Tail;
  readonly selectedKey: number | undefined;
  readonly onSelect: (key: number) => void;
}

/** The lines of the tail, the newest last. It stays at its end until the reader scrolls away from it. */
export function TailList({ tail, selectedKey, onSelect }: TailListProps) {
  const { shown, mode, waitingRecords, dispatch } = tail;
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia("(max-width: 700px)");
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? TALL_ROW_HEIGHT_PX : ROW_HEIGHT_PX),
    overscan: ROWS_BEYOND_VIEW,
    getItemKey: (index) => shown[index]?.key ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change their height with the width only
  useLayoutEffect(() => virtualizer.measure(), [isNarrow]);

  const heightPx = virtualizer.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useLayoutEffect(() => {
    const element = scroller.current;
    if (mode === "following" && element !== null) element.scrollTop = element.scrollHeight;
  }, [shown, mode, heightPx]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the selection scrolls
  useEffect(() => {
    const index = shown.findIndex(({ key }) => key === selectedKey);
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [selectedKey]);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const belowPx = element.scrollHeight - element.clientHeight - element.scrollTop;
    dispatch({ kind: belowPx > AT_END_PX ? "scrolled-away" : "scrolled-to-end" });
  };

  return (
    <div className="tail-list">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="tail-scroller" ref={scroller} onScroll={onScroll} tabIndex={0} aria-label="Tail">
        <ul className="rows" aria-label="Records, newest last" style={{ height: heightPx }}>
          {virtualizer.getVirtualItems().map((item) => {
            const entry = shown[item.index];
            if (entry === undefined) return null;
            return (
              <li
                key={item.key}
                aria-setsize={shown.length}
                aria-posinset={item.index + 1}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <TailRow entry={entry} isSelected={entry.key === selectedKey} onSelect={onSelect} />
              </li>
            );
          })}
        </ul>
      </section>
      {mode !== "following" && waitingRecords > 0 ? (
        <Button tone="primary" className="jump-button" onClick={() => dispatch({ kind: "resumed" })}>
          {formatNoun(waitingRecords, "new record")}, jump to latest <span aria-hidden="true">↓</span>
        </Button>
      ) : null}
    </div>
  );
}
