import { navigate, useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { type FeedRow, incidentFeedRow, openedBy } from "./live-row.ts";
import { READ_ONLY } from "./ReadOnlyNote.tsx";
import type { ListCursor } from "./use-list-cursor.ts";
import type { LiveList } from "./use-live-list.ts";
import type { Opened } from "./use-opened.ts";
import type { RowVerdict } from "./use-row-verdict.ts";

interface ListKeys {
  readonly list: LiveList;
  readonly cursor: ListCursor;
  readonly anomalyId: string | undefined;
  readonly opened: Opened;
  readonly verdict: RowVerdict;
  readonly announce: (text: string) => void;
  readonly onHelp: () => void;
}

/**
 * The keys of the list. While nothing is opened, r, e and u speak of the row that the cursor is at; while an anomaly is opened they
 * are those of its own bar, and R, E and U speak of its whole incident.
 */
export function useListKeys(keys: ListKeys): void {
  const { list, cursor, anomalyId, opened, verdict, announce, onHelp } = keys;
  const queryString = useQueryString();
  const { rows } = list;
  const isOpen = anomalyId !== undefined;

  const open = (row: FeedRow) => navigate(paths.anomaly(openedBy(row)) + queryString, { replace: isOpen });
  const move = (step: 1 | -1) => {
    const from = isOpen ? opened.row?.id : cursor.id;
    const index = rows.findIndex(({ id }) => id === from);
    const next = rows[index < 0 ? 0 : index + step];
    if (next === undefined) {
      if (step > 0) list.loadMore();
    } else if (isOpen) {
      cursor.set(next.id);
      open(next);
    } else cursor.moveTo(next);
  };
  const say = async (row: FeedRow | undefined, isTrueAnomaly: boolean) => {
    if (!verdict.canWrite) announce(READ_ONLY);
    else if (row !== undefined && (await verdict.give(row, isTrueAnomaly)))
      announce(`${nounOf(row)} marked as ${isTrueAnomaly ? "real" : "expected"}`);
  };
  const takeBack = async (row: FeedRow | undefined) => {
    if (row !== undefined && (await verdict.undo(row))) announce("Feedback undone");
  };

  const at = rows.find(({ id }) => id === cursor.id);
  const whole = opened.incident === undefined ? undefined : incidentFeedRow(opened.incident);
  const verdictKeys = isOpen
    ? {
        R: () => void say(whole, true),
        E: () => void say(whole, false),
        U: () => void takeBack(whole),
      }
    : {
        r: () => void say(at, true),
        e: () => void say(at, false),
        u: () => void takeBack(at),
        Enter: () => {
          if (at !== undefined) open(at);
        },
      };
  useShortcuts({
    ...verdictKeys,
    j: () => move(1),
    k: () => move(-1),
    "?": onHelp,
    Escape: () => {
      if (isOpen) navigate(paths.live + queryString);
    },
  });
}

function nounOf({ kind }: FeedRow): string {
  return kind === "incident" ? "Incident" : "Anomaly";
}
