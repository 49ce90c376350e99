import { useState } from "react";
import { LabelActions } from "../components/LabelActions.tsx";
import { LabelCard } from "../components/LabelCard.tsx";
import { LabelProgress } from "../components/LabelProgress.tsx";
import { LabelUpcoming } from "../components/LabelUpcoming.tsx";
import { countDecisions } from "../components/labelling-session.ts";
import { NothingToLabel } from "../components/NothingToLabel.tsx";
import { useCanWrite } from "../components/ReadOnlyNote.tsx";
import { ServiceSelect } from "../components/ServiceSelect.tsx";
import { ShortcutsDialog } from "../components/ShortcutsDialog.tsx";
import { labelShortcuts } from "../components/shortcuts.ts";
import { type Labelling, useLabelling } from "../components/use-labelling.ts";
import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { visibleText } from "../format/visible-text.ts";
import { useQueryState } from "../navigation.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";

/** What to label next: one record at a time, by keys. */
export function LabelPage() {
  const [query, changeQuery] = useQueryState();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const service = query.get("service") ?? "";
  useShortcuts({ "?": () => setHelpOpen(true) });
  return (
    <div className="label-page">
      <title>Label · logbert</title>
      <header className="label-header">
        <h1>Label</h1>
        <ServiceSelect value={service} onChange={(chosen) => changeQuery({ service: chosen })} />
        <Button tone="quiet" className="help-button" shortcut="?" onClick={() => setHelpOpen(true)}>
          Keyboard
        </Button>
      </header>
      <LabelSession key={service} service={service} />
      <ShortcutsDialog shortcuts={labelShortcuts} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)}>
        <p className="dialog-text">
          The records come first whose label would teach the most: those near the threshold, of templates that
          nobody has labelled. With enough labels of a service, a threshold is proposed for it.
        </p>
      </ShortcutsDialog>
    </div>
  );
}

/** Anew for each service; what chooses the service stays. */
function LabelSession({ service }: { readonly service: string }) {
  const labelling = useLabelling(service);
  const [said, say] = useState("");
  const { queue, steps, unlabelled, labelError, isPending } = labelling;
  const [current, next] = queue;
  const counts = countDecisions(steps);
  const canWrite = useCanWrite();
  const nextInWords =
    next === undefined
      ? "That was the last one."
      : `Next: ${visibleText(next.anomaly.service)}, ${formatScore(next.anomaly.score)}. ${visibleText(next.anomaly.explanation.summary)}`;

  const label = async (isTrueAnomaly: boolean) => {
    if (canWrite && (await labelling.label(isTrueAnomaly)))
      say(`Marked as ${isTrueAnomaly ? "real" : "expected"}. ${nextInWords}`);
  };
  const skip = () => {
    if (current === undefined || isPending) return;
    labelling.skip();
    say(`Skipped. ${nextInWords}`);
  };
  const takeBack = async () => {
    const decision = await labelling.takeBack();
    if (decision !== undefined)
      say(decision === "skipped" ? "The skipped record is back" : "The label was taken back");
  };
  useShortcuts({
    r: () => void label(true),
    e: () => void label(false),
    s: skip,
    u: () => void takeBack(),
  });

  return (
    <>
      <p className="label-counts muted">
        <span>
          This session: <strong>{formatCount(counts.real)}</strong> real,{" "}
          <strong>{formatCount(counts.expected)}</strong> expected
          {counts.skipped === 0 ? "" : `, ${formatCount(counts.skipped)} skipped`}
        </span>
        {unlabelled === undefined ? null : <span>{formatCount(unlabelled)} unlabelled</span>}
      </p>
      <LabelActions
        isPending={isPending}
        hasCard={current !== undefined}
        canTakeBack={steps.length > 0}
        onLabel={(isTrueAnomaly) => void label(isTrueAnomaly)}
        onSkip={skip}
        onTakeBack={() => void takeBack()}
      />
      {labelError === undefined ? null : <ErrorNotice {...labelError} />}
      <LabelContent labelling={labelling} skipped={counts.skipped} labels={counts.real + counts.expected} />
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}

interface LabelContentProps {
  readonly labelling: Labelling;
  readonly skipped: number;
  readonly labels: number;
}

function LabelContent({ labelling, skipped, labels }: LabelContentProps) {
  const { queue, isLoaded, loadError, retry, bringBackSkipped } = labelling;
  const [current, ...upcoming] = queue;
  if (current !== undefined)
    return (
      <div className="label-columns">
        <LabelCard key={current.anomaly.id} item={current} />
        <aside className="label-aside">
          <LabelProgress key={current.anomaly.service} service={current.anomaly.service} labels={labels} />
          <LabelUpcoming items={upcoming} />
        </aside>
      </div>
    );
  if (loadError !== undefined) return <ErrorNotice {...loadError} onRetry={retry} />;
  if (!isLoaded) return <Skeleton rows={8} label="Loading the queue" />;
  return <NothingToLabel skipped={skipped} hasLabelled={labels > 0} onBringBack={bringBackSkipped} />;
}
