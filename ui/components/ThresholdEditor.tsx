import { useState } from "react";
import { useMutation } from "urql";
import { describeError } from "../client.ts";
import { formatRate } from "../format/count.ts";
import { visibleText } from "../format/visible-text.ts";
import { graphql } from "../graphql.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";
import type { ServiceData } from "./services-query.ts";
import { ThresholdBacktest } from "./ThresholdBacktest.tsx";
import { ThresholdProposal } from "./ThresholdProposal.tsx";
import { ALERTS_PER_DAY_MAX, readDraft, type ThresholdDraft, toDraft } from "./threshold-draft.ts";

const setThresholdMutation = graphql(`
  mutation SetThreshold($input: ThresholdInput!) {
    setThreshold(input: $input) {
      mode
      value
      alertsPerDay
      updatedAt
    }
  }
`);

const modes = [
  { value: "AUTO", label: "Automatic" },
  { value: "BUDGET", label: "Alerts a day" },
  { value: "MANUAL", label: "Fixed value" },
] as const;

const NOTE_ID = "threshold-read-only";

interface ThresholdEditorProps {
  readonly service: ServiceData;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Chooses how a service's threshold is found, and shows what it would have done before it is saved. */
export function ThresholdEditor({ service, onSaved, onClose }: ThresholdEditorProps) {
  const [draft, setDraft] = useState(() => toDraft(service.threshold));
  const [problem, setProblem] = useState<string>();
  const canWrite = useCanWrite();
  const [{ fetching, error }, setThreshold] = useMutation(setThresholdMutation);
  const change = (changes: Partial<ThresholdDraft>) => {
    setProblem(undefined);
    setDraft({ ...draft, ...changes });
  };
  const save = async () => {
    const input = readDraft(draft);
    if (typeof input === "string") return setProblem(input);
    const result = await setThreshold({ input: { service: service.name, ...input } });
    if (result.error !== undefined) return;
    onSaved();
    onClose();
  };

  return (
    <form
      className="threshold-editor"
      aria-label={`Threshold of ${visibleText(service.name)}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Segmented
        label="How the threshold is found"
        options={modes}
        value={draft.mode}
        onChange={(mode) => change({ mode })}
      />
      <ModeFields draft={draft} service={service} onChange={change} />
      <ThresholdBacktest
        service={service.name}
        inForce={service.threshold.value}
        value={draft.mode === "MANUAL" ? draft.value : service.threshold.value}
        {...(draft.mode === "MANUAL" ? { onChange: (value: number) => change({ value }) } : {})}
      />
      <ThresholdProposal service={service.name} onUse={(value) => change({ mode: "MANUAL", value })} />
      {problem === undefined ? null : <ErrorNotice message={problem} remedy="" />}
      {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
      <footer className="form-actions">
        <Button
          tone="primary"
          type="submit"
          disabled={fetching || !canWrite}
          {...(canWrite ? {} : { "aria-describedby": NOTE_ID })}
        >
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <ReadOnlyNote id={NOTE_ID} />
      </footer>
    </form>
  );
}

interface ModeFieldsProps {
  readonly draft: ThresholdDraft;
  readonly service: ServiceData;
  readonly onChange: (changes: Partial<ThresholdDraft>) => void;
}

function ModeFields({ draft, service, onChange }: ModeFieldsProps) {
  const { alertsPerDay } = service.threshold;
  switch (draft.mode) {
    case "AUTO":
      return (
        <p className="mode-help">
          The threshold moves with the service's own scores, so that the configured alert budget is kept
          {service.threshold.mode === "AUTO" && alertsPerDay !== null
            ? ` (${formatRate(alertsPerDay)} a day)`
            : ""}
          .
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
