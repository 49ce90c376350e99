import { type RefObject, useEffect, useRef } from "react";
import { paths } from "../paths.ts";
import { AnomalyRow } from "./AnomalyRow.tsx";
import { IncidentRow } from "./IncidentRow.tsx";
import { Link } from "./Link.tsx";
import { type FeedRow, openedBy } from "./live-row.ts";

interface FeedRowLinkProps {
  readonly row: FeedRow;
  readonly nowMs: number;
  /** The address's query string, kept when the row is opened. */
  readonly queryString: string;
  readonly isOpen: boolean;
  readonly isFresh: boolean;
  /** The row that the keyboard was moved to, until it has the focus. */
  readonly focusWish: RefObject<string | undefined>;
  readonly onFocus: () => void;
}

/** One row of the list: all of it is one link. */
export function FeedRowLink(props: FeedRowLinkProps) {
  const { row, nowMs, queryString, isOpen, isFresh, focusWish, onFocus } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focusWish.current !== row.id) return;
    focusWish.current = undefined;
    place.current?.querySelector("a")?.focus({ preventScroll: true });
  });
  return (
    <div ref={place}>
      <Link
        href={paths.anomaly(openedBy(row)) + queryString}
        className={`anomaly-row is-${row.kind} ${isFresh ? "is-fresh" : ""}`}
        onFocus={onFocus}
        {...(isOpen ? { "aria-current": "true" as const } : {})}
      >
        {row.kind === "incident" ? (
          <IncidentRow incident={row.incident} nowMs={nowMs} />
        ) : (
          <AnomalyRow anomaly={row.anomaly} nowMs={nowMs} />
        )}
      </Link>
    </div>
  );
}
