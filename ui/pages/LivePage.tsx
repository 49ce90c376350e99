import { useCallback, useMemo, useRef, useState } from "react";
import { AnomalyFilters } from "../components/AnomalyFilters.tsx";
import { AnomalyList } from "../components/AnomalyList.tsx";
import { AnomalyPanel } from "../components/AnomalyPanel.tsx";
import { ScorePanel, toChartRange } from "../components/ScorePanel.tsx";
import { ShortcutsDialog } from "../components/ShortcutsDialog.tsx";
import { liveShortcuts } from "../components/shortcuts.ts";
import { type ListFilter, useAnomalyList } from "../components/use-anomaly-list.ts";
import { formatNoun } from "../format/count.ts";
import { navigate, useQueryState } from "../navigation.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { useDebounced } from "../ui/use-debounced.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
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
  const filter = useFilter(query);
  const list = useAnomalyList(filter, shouldHold);
  const arrivals = useDebounced(list.arrivals, ANNOUNCE_MS);
  const unseen = useUnseen(list.arrivals);
  const queryString = query.size === 0 ? "" : `?${query}`;
  const backHref = paths.live + queryString;
  const clearFilter = () => changeQuery({ service: undefined, q: undefined, trace: undefined });

  const move = (step: 1 | -1) => {
    const index = list.rows.findIndex((row) => row.id === anomalyId);
    const next = list.rows[index < 0 ? 0 : index + step];
    if (next !== undefined)
      navigate(paths.anomaly(next.id) + queryString, { replace: anomalyId !== undefined });
    else if (step > 0) list.loadMore();
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    "?": () => setHelpOpen(true),
    Escape: () => {
      if (anomalyId !== undefined) navigate(backHref);
    },
  });

  return (
    <div className={`live-page ${anomalyId === undefined ? "" : "has-panel"}`}>
      <div className="live-column">
        <title>{`${unseen > 0 ? `(${unseen}) ` : ""}Live · logbert`}</title>
        <h1 className="visually-hidden">Live anomalies</h1>
        <ScorePanel
          service={filter.service}
          range={toChartRange(query.get("range"))}
          onRange={(range) => changeQuery({ range: range === "1h" ? undefined : range })}
        />
        <div className="toolbar">
          <AnomalyFilters
            filter={filter}
            onChange={({ service, text, traceId }) =>
              changeQuery({
                ...(service === undefined ? {} : { service }),
                ...(text === undefined ? {} : { q: text }),
                ...(traceId === undefined ? {} : { trace: traceId }),
              })
            }
          />
          <Button tone="quiet" className="help-button" shortcut="?" onClick={() => setHelpOpen(true)}>
            Keyboard
          </Button>
        </div>
        <AnomalyList
          list={list}
          scroller={scroller}
          selectedId={anomalyId}
          isFiltered={filter.service !== "" || filter.text !== "" || filter.traceId !== ""}
          onClearFilter={clearFilter}
        />
      </div>
      {anomalyId === undefined ? null : (
        <AnomalyPanel id={anomalyId} backHref={backHref} onFeedback={list.setFeedback} announce={announce} />
      )}
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
      <p className="visually-hidden" role="status">
        {arrivals === 0
          ? ""
          : `${formatNoun(arrivals, "new anomaly", "new anomalies")} since the list was opened`}
      </p>
      <ShortcutsDialog shortcuts={liveShortcuts} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function useFilter(query: URLSearchParams): ListFilter {
  return useMemo(
    () => ({
      service: query.get("service") ?? "",
      text: query.get("q") ?? "",
      traceId: query.get("trace") ?? "",
    }),
    [query],
  );
}
