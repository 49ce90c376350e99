import { useState } from "react";
import { visibleText } from "../format/visible-text.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";
import type { ServiceData } from "./services-query.ts";
import { ThresholdBacktest } from "./ThresholdBacktest.tsx";
import { ThresholdConflictNotice } from "./ThresholdConflictNotice.tsx";
import { ThresholdHistory } from "./ThresholdHistory.tsx";
import { ThresholdProposal } from "./ThresholdProposal.tsx";
import { ALERTS_PER_DAY_MAX, readBudget, type ThresholdDraft } from "./threshold-draft.ts";
import type { ThresholdChange } from "./threshold-history.ts";
import { type TrialDays, trialDaysOptions } from "./trial-period.ts";
import { useThresholdEditing } from "./use-threshold-editing.ts";
import { useThresholdHistory } from "./use-threshold-history.ts";
import { useThresholdProposal } from "./use-threshold-proposal.ts";

const modes = [
  { value: "AUTO", label: "As configured" },
  { value: "BUDGET", label: "Alerts a day" },
  { value: "MANUAL", label: "Fixed value" },
] as const;

const NOTE_ID = "threshold-read-only";

interface ThresholdEditorProps {
  readonly service: ServiceData;
  readonly days: TrialDays;
  readonly onDays: (days: TrialDays) => void;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Chooses how a service's threshold is found, and shows what it would have done before it is saved. */
export function ThresholdEditor({ service, days, onDays, onSaved, onClose }: ThresholdEditorProps) {
  const history = useThresholdHistory(service.name);
  const { draft, problem, conflict, isBusy, change, save, revert, takeTheirs } = useThresholdEditing(
    service,
    history,
  );
  const proposal = useThresholdProposal(service.name);
  const [said, say] = useState("");
  const canWrite = useCanWrite();
  const fix = (value: number) => change({ mode: "MANUAL", value });
  const submit = async () => {
    if (!(await save())) return;
    onSaved();
    onClose();
  };
  const takeBack = async (one: ThresholdChange) => {
    if (!(await revert(one))) return;
    say("The change was taken back");
    onSaved();
  };

  return (
    <form
      className="threshold-editor"
      aria-label={`Threshold of ${visibleText(service.name)}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="editor-controls">
        <Segmented
          label="How the threshold is found"
          options={modes}
          value={draft.mode}
          onChange={(mode) => change({ mode })}
        />
        <Segmented label="Period to try it on" options={trialDaysOptions} value={days} onChange={onDays} />
      </div>
      <ModeFields draft={draft} onChange={change} />
      <ThresholdBacktest
        service={service}
        days={days}
        value={draft.mode === "MANUAL" ? draft.value : undefined}
        budget={readBudget(draft.alertsPerDay)}
        isBudget={draft.mode === "BUDGET"}
        proposal={proposal.proposal?.value ?? undefined}
        onChange={fix}
      />
      {conflict === undefined ? null : (
        <ThresholdConflictNotice conflict={conflict} onTakeTheirs={takeTheirs} />
      )}
      {problem === undefined ? null : <ErrorNotice {...problem} />}
      <footer className="form-actions">
        <Button
          tone="primary"
          type="submit"
          disabled={isBusy || !canWrite}
          {...(canWrite ? {} : { "aria-describedby": NOTE_ID })}
        >
          {conflict === undefined ? "Save" : "Save mine"}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <ReadOnlyNote id={NOTE_ID} />
      </footer>
      <ThresholdProposal service={service.name} state={proposal} onUse={fix} />
      <ThresholdHistory
        history={history}
        isBusy={isBusy || !canWrite}
        onRevert={(one) => void takeBack(one)}
      />
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </form>
  );
}
interface ModeFieldsProps {
  readonly draft: ThresholdDraft;
  readonly onChange: (changes: Partial<ThresholdDraft>) => void;
}

function ModeFields({ draft, onChange }: ModeFieldsProps) {
  switch (draft.mode) {
    case "AUTO":
      return (
        <p className="mode-help">
          The threshold follows the configuration: <code>calibrate.anomaly_threshold</code> where that is set,
          the alert budget <code>calibrate.alerts_per_day</code> where it is not.
        </p>
      );
    case "BUDGET":
      return (
        <label className="mode-help">
          The threshold moves so that about{" "}
          <input
            type="number"
            className="budget"
            aria-label="Alerts a day"
            min={0}
            max={ALERTS_PER_DAY_MAX}
            step="any"
            value={draft.alertsPerDay}
            onChange={(event) => onChange({ alertsPerDay: event.target.value })}
          />{" "}
          alerts a day are raised.
        </label>
      );
    case "MANUAL":
      return (
        <p className="mode-help">
          Every record that scores at least this is an anomaly. It stays until it is changed.
        </p>
      );
  }
}
