import { formatAgo } from "../format/time.ts";
import { LogText } from "../ui/LogText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

interface FeedbackListProps {
  /** Oldest first; the last one counts. */
  readonly feedback: AnomalyData["feedback"];
  readonly nowMs: number;
}

/** Everything that people said of an anomaly, newest first, where it is more than one word. */
export function FeedbackList({ feedback, nowMs }: FeedbackListProps) {
  if (feedback.length < 2) return null;
  const isDisputed = new Set(feedback.map(({ isTrueAnomaly }) => isTrueAnomaly)).size > 1;
  return (
    <section className="detail-section">
      <h2>{isDisputed ? "Verdicts differ; the last one counts" : "Verdicts"}</h2>
      <ul className="feedback-list">
        {feedback.toReversed().map(({ id, isTrueAnomaly, author, note, createdAt }) => (
          <li key={id}>
            <VerdictBadge isTrueAnomaly={isTrueAnomaly} />
            <span>{author ?? "somebody"}</span>
            <span className="muted">
              <Timestamp iso={createdAt} nowMs={nowMs} />, {formatAgo(Date.parse(createdAt), nowMs)}
            </span>
            {note === null ? null : (
              <q>
                <LogText text={note} />
              </q>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
