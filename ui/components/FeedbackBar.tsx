import { useState } from "react";
import { formatAgo, formatInstant } from "../format/time.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { LogText } from "../ui/LogText.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import type { AnomalyData } from "./anomaly-query.ts";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";
import { useFeedback } from "./use-feedback.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

const NOTE_LENGTH_MAX = 500;
const NOTE_ID = "feedback-read-only";

interface FeedbackBarProps {
  readonly anomaly: AnomalyData;
  readonly onFeedback: (feedback: AnomalyRowData["feedback"]) => void;
  readonly announce: (text: string) => void;
  readonly nowMs: number;
}

/** "Real" or "Expected", with a note where one is due; what was said can be taken back. */
export function FeedbackBar({ anomaly, onFeedback, announce, nowMs }: FeedbackBarProps) {
  const [note, setNote] = useState("");
  const canWrite = useCanWrite();
  const { standing, isPending, error, give, undo } = useFeedback(anomaly, onFeedback);
  const control = { disabled: isPending || !canWrite, ...(canWrite ? {} : { "aria-describedby": NOTE_ID }) };
  const mark = async (isTrueAnomaly: boolean) => {
    if (!canWrite || !(await give(isTrueAnomaly, note))) return;
    setNote("");
    announce(isTrueAnomaly ? "Marked as real" : "Marked as expected");
  };
  const takeBack = async () => {
    if (canWrite && (await undo())) announce("Feedback undone");
  };
  useShortcuts({ r: () => void mark(true), e: () => void mark(false), u: () => void takeBack() });

  return (
    <section className="feedback" aria-label="Your verdict">
      {standing === undefined ? (
        <>
          <Button tone="danger" shortcut="r" {...control} onClick={() => void mark(true)}>
            Real
          </Button>
          <Button tone="calm" shortcut="e" {...control} onClick={() => void mark(false)}>
            Expected
          </Button>
          <label className="note">
            <span className="visually-hidden">Note (optional)</span>
            <input
              type="text"
              value={note}
              maxLength={NOTE_LENGTH_MAX}
              placeholder="Note (optional)"
              disabled={!canWrite}
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
        </>
      ) : (
        <>
          <VerdictBadge isTrueAnomaly={standing.isTrueAnomaly} />
          <span className="feedback-said">
            {standing.note === null ? null : (
              <q>
                <LogText text={standing.note} />
              </q>
            )}
            <span className="muted" title={formatInstant(Date.parse(standing.createdAt))}>
              {standing.author === null ? "" : `${standing.author}, `}
              {formatAgo(Date.parse(standing.createdAt), nowMs)}
            </span>
          </span>
          <Button
            tone="quiet"
            shortcut={standing.isTrueAnomaly ? "e" : "r"}
            {...control}
            onClick={() => void mark(!standing.isTrueAnomaly)}
          >
            {standing.isTrueAnomaly ? "Expected instead" : "Real instead"}
          </Button>
          <Button shortcut="u" {...control} onClick={() => void takeBack()}>
            Undo
          </Button>
        </>
      )}
      <ReadOnlyNote id={NOTE_ID} />
      {error === undefined ? null : <ErrorNotice {...error} />}
    </section>
  );
}
