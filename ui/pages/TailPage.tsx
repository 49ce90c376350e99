import { useMemo, useState } from "react";
import { describeError } from "../client.ts";
import { parseScore } from "../components/parse-score.ts";
import { ShortcutsDialog } from "../components/ShortcutsDialog.tsx";
import { tailShortcuts } from "../components/shortcuts.ts";
import { TailDetail } from "../components/TailDetail.tsx";
import { TailEmpty } from "../components/TailEmpty.tsx";
import { TailList } from "../components/TailList.tsx";
import { TailStatus } from "../components/TailStatus.tsx";
import { TailToolbar } from "../components/TailToolbar.tsx";
import type { TailFilter } from "../components/tail-state.ts";
import { useTail } from "../components/use-tail.ts";
import { useQueryState } from "../navigation.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";

/** Records as they come, coloured by their score, the newest last. */
export function TailPage() {
  const [query, changeQuery] = useQueryState();
  const filter = useFilter(query);
  const tail = useTail(filter);
  const { shown, mode, dispatch } = tail;
  const [selectedKey, select] = useState<number>();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const selected = shown.find(({ key }) => key === selectedKey);

  const pick = (key: number) => {
    dispatch({ kind: "paused" });
    select(key);
  };
  const move = (step: 1 | -1) => {
    const records = shown.filter(({ kind }) => kind === "record");
    const index = records.findIndex(({ key }) => key === selectedKey);
    const next = index < 0 ? records.at(-1) : records[index + step];
    if (next !== undefined) pick(next.key);
  };
  const resume = () => dispatch({ kind: "resumed" });
  const toggle = () => dispatch({ kind: mode === "following" ? "paused" : "resumed" });
  const change = (changes: Partial<TailFilter>) => changeQuery(toQuery(changes));
  useShortcuts({
    " ": toggle,
    End: resume,
    j: () => move(1),
    k: () => move(-1),
    "?": () => setHelpOpen(true),
    Escape: () => select(undefined),
  });

  return (
    <div className="tail-page">
      <title>{`${mode === "following" ? "" : "Paused · "}Tail · logbert`}</title>
      <h1 className="visually-hidden">Live tail</h1>
      <TailToolbar
        filter={filter}
        onChange={change}
        isFollowing={mode === "following"}
        onToggle={toggle}
        onHelp={() => setHelpOpen(true)}
      />
      <TailStatus mode={mode} share={tail.share} />
      {tail.error === undefined ? null : <ErrorNotice {...describeError(tail.error)} />}
      {shown.length === 0 ? (
        <TailEmpty
          isFiltered={tail.recent.length > 0}
          isPaused={mode !== "following"}
          onClearFilter={() => changeQuery(toQuery(noFilter))}
          onResume={resume}
        />
      ) : (
        <TailList tail={tail} selectedKey={selectedKey} onSelect={pick} />
      )}
      {selected?.kind === "record" ? (
        <TailDetail record={selected.record} onClose={() => select(undefined)} />
      ) : null}
      <ShortcutsDialog shortcuts={tailShortcuts} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

const noFilter: TailFilter = { service: "", text: "", minScore: 0, isOnlyAnomalies: false };

function useFilter(query: URLSearchParams): TailFilter {
  return useMemo(
    () => ({
      service: query.get("service") ?? "",
      text: query.get("q") ?? "",
      minScore: parseScore(query.get("min")),
      isOnlyAnomalies: query.get("only") === "anomalies",
    }),
    [query],
  );
}

function toQuery({ service, text, minScore, isOnlyAnomalies }: Partial<TailFilter>) {
  return {
    ...(service === undefined ? {} : { service }),
    ...(text === undefined ? {} : { q: text }),
    ...(minScore === undefined ? {} : { min: minScore === 0 ? "" : String(minScore) }),
    ...(isOnlyAnomalies === undefined ? {} : { only: isOnlyAnomalies ? "anomalies" : "" }),
  };
}
