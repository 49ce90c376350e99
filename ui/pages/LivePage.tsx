import { useCallback, useMemo, useRef, useState } from "react";
import { DeploymentCards } from "../components/DeploymentCards.tsx";
import { ListFilters } from "../components/ListFilters.tsx";
import { LiveList } from "../components/LiveList.tsx";
import {
  filterQuery,
  isNarrow,
  type ListFilter,
  type ListView,
  noFilter,
  readFilter,
  readView,
} from "../components/list-filter.ts";
import { OpenedPanel } from "../components/OpenedPanel.tsx";
import { ScorePanel, toChartRange } from "../components/ScorePanel.tsx";
import { ShortcutsDialog } from "../components/ShortcutsDialog.tsx";
import { liveShortcuts } from "../components/shortcuts.ts";
import { useListCursor, useReturnToRow } from "../components/use-list-cursor.ts";
import { useListKeys } from "../components/use-list-keys.ts";
import { useLiveList } from "../components/use-live-list.ts";
import { useOpened } from "../components/use-opened.ts";
import { useRowVerdict } from "../components/use-row-verdict.ts";
import { formatNoun } from "../format/count.ts";
import { useQueryState } from "../navigation.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { useDebounced } from "../ui/use-debounced.ts";
import { useUnseen } from "../ui/use-unseen.ts";

/** Rows scrolled away before arrivals wait instead of pushing what is being read. */
const AT_TOP_PX = 40;

/** Arrivals are told once there is a pause in them. */
const ANNOUNCE_MS = 3_000;

/** What is odd right now: chart, list, and beside them the anomaly that is looked at. */
export function LivePage({ anomalyId }: { readonly anomalyId: string | undefined }) {
  const [query, changeQuery] = useQueryState();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [announcement, announce] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const shouldHold = useCallback(() => (scroller.current?.scrollTop ?? 0) > AT_TOP_PX, []);
  const view = readView(query);
  const filter = useFilter(query);
  const list = useLiveList(view, filter, shouldHold);
  const cursor = useListCursor();
  const opened = useOpened(anomalyId, list);
  useReturnToRow(opened.row, anomalyId !== undefined, cursor);
  const verdict = useRowVerdict((row) => {
    list.change(row);
    opened.renew();
  });
  const unseen = useUnseen(list.arrivals);
  useListKeys({ list, cursor, anomalyId, opened, verdict, announce, onHelp: () => setHelpOpen(true) });

  return (
    <div className={`live-page ${anomalyId === undefined ? "" : "has-panel"}`}>
      <div className="live-column">
        <title>{`${unseen > 0 ? `(${unseen}) ` : ""}Live · logbert`}</title>
        <h1 className="visually-hidden">{view === "incidents" ? "Incidents" : "Anomalies"}</h1>
        <ScorePanel
          service={filter.service}
          range={toChartRange(query.get("range"))}
          onRange={(range) => changeQuery({ range: range === "1h" ? undefined : range })}
        />
        <ListFilters
          view={view}
          onView={(next) => changeQuery({ view: next === "anomalies" ? next : undefined })}
          filter={filter}
          onChange={(changes) => changeQuery(filterQuery(changes))}
          onHelp={() => setHelpOpen(true)}
        />
        <DeploymentCards service={filter.service} />
        {verdict.error === undefined ? null : <ErrorNotice {...verdict.error} />}
        <LiveList
          view={view}
          list={list}
          cursor={cursor}
          scroller={scroller}
          openId={opened.row?.id}
          isFiltered={isNarrow(filter)}
          onClearFilter={() => changeQuery(filterQuery(noFilter))}
        />
      </div>
      {anomalyId === undefined ? null : (
        <OpenedPanel
          anomalyId={anomalyId}
          opened={opened}
          verdict={verdict}
          list={list}
          announce={announce}
        />
      )}
      <Announcements text={announcement} view={view} arrivals={list.arrivals} />
      <ShortcutsDialog shortcuts={liveShortcuts} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Announcements(props: { readonly text: string; readonly view: ListView; readonly arrivals: number }) {
  const arrivals = useDebounced(props.arrivals, ANNOUNCE_MS);
  const [singular, plural] =
    props.view === "incidents" ? ["incident", "incidents"] : ["anomaly", "anomalies"];
  return (
    <>
      <p className="visually-hidden" role="status">
        {props.text}
      </p>
      <p className="visually-hidden" role="status">
        {arrivals === 0
          ? ""
          : `${formatNoun(arrivals, `new ${singular}`, `new ${plural}`)} since the list was opened`}
      </p>
    </>
  );
}

/** The same filter as long as the address names the same: a change of anything else must not load the list anew. */
function useFilter(query: URLSearchParams): ListFilter {
  const named = new URLSearchParams(filterQuery(readFilter(query))).toString();
  return useMemo(() => readFilter(new URLSearchParams(named)), [named]);
}
