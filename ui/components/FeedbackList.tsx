import { formatAgo } from "../format/time.ts";
import { LogText } from "../ui/LogText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

interface FeedbackListProps {
  /** Oldest first, what was taken back as well; of the others the last one counts. */
  readonly said: AnomalyData["said"];
  readonly nowMs: number;
}

/** Everything that people said of an anomaly, newest first, where it is more than one word. */
export function FeedbackList({ said, nowMs }: FeedbackListProps) {
  if (said.length < 2) return null;
  const standing = said.filter(({ undoneAt }) => undoneAt === null);
  const isDisputed = new Set(standing.map(({ isTrueAnomaly }) => isTrueAnomaly)).size > 1;
  return (
    <section className="detail-section">
      <h2>{isDisputed ? "Verdicts differ; the last one counts" : "Verdicts"}</h2>
      <ul className="feedback-list">
        {said.toReversed().map(({ id, isTrueAnomaly, author, note, createdAt, undoneAt, undoneBy }) => (
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
            {undoneAt === null ? null : (
              <span className="muted">
                taken back by {undoneBy ?? "somebody"}, {formatAgo(Date.parse(undoneAt), nowMs)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
