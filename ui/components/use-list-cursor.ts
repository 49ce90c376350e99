import { type RefObject, useRef, useState } from "react";
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
  const [id, set] = useState<string>();
  const focusWish = useRef<string>(undefined);
  return {
    id,
    focusWish,
    set,
    moveTo(row) {
      focusWish.current = row.id;
      set(row.id);
    },
  };
}
