import { type RefObject, useEffect, useRef, useState } from "react";
import type { FeedRow } from "./live-row.ts";

/** The row that the keyboard is at. */
export interface ListCursor {
  readonly id: string | undefined;
  /** The row that is to have the focus once it is on the page. */
  readonly focusWish: RefObject<string | undefined>;
  set(id: string | undefined): void;
  /** Moves it and the focus to a row. */
  moveTo(row: FeedRow): void;
}

/** A cursor that is nowhere yet. */
export function useListCursor(): ListCursor {
  const [place, setPlace] = useState<{ readonly id: string | undefined }>({ id: undefined });
  const focusWish = useRef<string>(undefined);
  return {
    id: place.id,
    focusWish,
    set: (id) => setPlace((now) => (now.id === id ? now : { id })),
    moveTo(row) {
      focusWish.current = row.id;
      // Also to where it is already: the row must hear of the wish.
      setPlace({ id: row.id });
    },
  };
}

/** Once nothing is opened any more, the row that was has the focus, where that went with the panel. */
export function useReturnToRow(row: FeedRow | undefined, isOpen: boolean, { moveTo }: ListCursor): void {
  const opened = useRef<FeedRow>(undefined);
  useEffect(() => {
    if (isOpen) {
      opened.current = row ?? opened.current;
      return;
    }
    const left = opened.current;
    opened.current = undefined;
    if (left !== undefined && document.activeElement === document.body) moveTo(left);
  });
}
