import { useEffect, useRef } from "react";
import { formatRarity, formatScore } from "../format/score.ts";
import { formatAgo } from "../format/time.ts";
import { Badge } from "../ui/Badge.tsx";
import { LogText } from "../ui/LogText.tsx";
import { PlaceholderText } from "../ui/PlaceholderText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useNow } from "../ui/use-now.ts";
import { AnomalyBody } from "./AnomalyBody.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { DetectorShares } from "./DetectorShares.tsx";
import { isLedBySequence } from "./detector-words.ts";
import { ExpectedEvents } from "./ExpectedEvents.tsx";
import { FactList } from "./FactList.tsx";
import { FeedbackBar } from "./FeedbackBar.tsx";
import { FeedbackList } from "./FeedbackList.tsx";
import { LlmSection } from "./LlmSection.tsx";
import { RecordFacts } from "./RecordFacts.tsx";
import { ScoreBar } from "./ScoreBar.tsx";
import { SequenceComparison } from "./SequenceComparison.tsx";
import { severityTone } from "./severity-tone.ts";

interface AnomalyDetailProps {
  readonly anomaly: AnomalyData;
  readonly onFeedback: (feedback: AnomalyRowData["feedback"]) => void;
  readonly announce: (text: string) => void;
}

/** What was odd, what was expected, in which sequence, and how sure: the whole case on one page. */
export function AnomalyDetail({ anomaly, onFeedback, announce }: AnomalyDetailProps) {
  const nowMs = useNow();
  const { detectors } = anomaly.explanation;
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the panel covers the list, the reader must land in it.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <article className="anomaly-detail">
      <p className="detail-facts">
        <Badge tone={severityTone(anomaly.severity)}>
          <LogText text={anomaly.severity ?? "no severity"} />
        </Badge>
        <strong>
          <LogText text={anomaly.service} />
        </strong>
        {anomaly.isAlert ? null : <Badge tone="accent">Sampled, no alert</Badge>}
        <Timestamp iso={anomaly.time} nowMs={nowMs} />
        <span className="muted">{formatAgo(Date.parse(anomaly.time), nowMs)}</span>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        <PlaceholderText text={anomaly.explanation.summary} />
      </h1>
      <FactList facts={anomaly.explanation.facts} incident={anomaly.incident} nowMs={nowMs} />
      {anomaly.isAlert ? null : (
        <p className="muted">
          This record scored below the threshold and alerted nobody; it was sampled to be labelled.
        </p>
      )}
      <FeedbackBar anomaly={anomaly} onFeedback={onFeedback} announce={announce} nowMs={nowMs} />
      {anomaly.body === "" ? null : <AnomalyBody body={anomaly.body} tokens={anomaly.explanation.tokens} />}
      <LlmSection id={anomaly.id} nowMs={nowMs} />
      <FeedbackList said={anomaly.said} nowMs={nowMs} />
      <Score score={anomaly.score} threshold={anomaly.threshold} />
      {isLedBySequence(detectors) ? null : <DetectorShares detectors={detectors} />}
      <ExpectedEvents expected={anomaly.explanation.expected} template={anomaly.template} />
      <SequenceComparison
        events={anomaly.window}
        normal={anomaly.nearestNormal}
        expected={anomaly.explanation.expected}
        nowMs={nowMs}
      />
      {isLedBySequence(detectors) ? <DetectorShares detectors={detectors} /> : null}
      <RecordFacts anomaly={anomaly} />
    </article>
  );
}

function Score({ score, threshold }: { readonly score: number; readonly threshold: number }) {
  return (
    <section className="detail-section score-section">
      <h2>Score</h2>
      <div className="score-line">
        <span className="score-figure">{formatScore(score)}</span>
        <ScoreBar score={score} threshold={threshold} tone="danger" />
        <span className="muted">
          {formatRarity(score)} records is this odd; alerts from {formatScore(threshold)}
        </span>
      </div>
    </section>
  );
}
