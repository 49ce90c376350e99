import { useEffect, useRef } from "react";
import { formatRarity, formatScore } from "../format/score.ts";
import { formatAgo } from "../format/time.ts";
import { changedQuery, useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Bar } from "../ui/Bar.tsx";
import { LogText } from "../ui/LogText.tsx";
import { PlaceholderText } from "../ui/PlaceholderText.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useNow } from "../ui/use-now.ts";
import { AnomalyBody } from "./AnomalyBody.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { DetectorShares } from "./DetectorShares.tsx";
import { ExpectedEvents } from "./ExpectedEvents.tsx";
import { FeedbackBar } from "./FeedbackBar.tsx";
import { Link } from "./Link.tsx";
import { severityTone } from "./severity-tone.ts";
import { WindowSequence } from "./WindowSequence.tsx";

const CLOCK_MS = 5_000;

interface AnomalyDetailProps {
  readonly anomaly: AnomalyData;
  readonly onFeedback: (feedback: AnomalyRowData["feedback"]) => void;
  readonly announce: (text: string) => void;
}

/** What was odd, what was expected, in which sequence, and how sure: the whole case on one page. */
export function AnomalyDetail({ anomaly, onFeedback, announce }: AnomalyDetailProps) {
  const nowMs = useNow(CLOCK_MS);
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
        <Timestamp iso={anomaly.time} nowMs={nowMs} />
        <span className="muted">{formatAgo(Date.parse(anomaly.time), nowMs)}</span>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        <PlaceholderText text={anomaly.explanation.summary} />
      </h1>
      <FeedbackBar anomaly={anomaly} onFeedback={onFeedback} announce={announce} nowMs={nowMs} />
      <Score score={anomaly.score} threshold={anomaly.threshold} />
      <ExpectedEvents expected={anomaly.explanation.expected} template={anomaly.template} />
      <WindowSequence events={anomaly.window} />
      <DetectorShares detectors={anomaly.explanation.detectors} />
      <AnomalyBody body={anomaly.body} tokens={anomaly.explanation.tokens} />
      <Identity anomaly={anomaly} />
    </article>
  );
}

function Score({ score, threshold }: { readonly score: number; readonly threshold: number }) {
  return (
    <section className="detail-section score-section">
      <h2>Score</h2>
      <div className="score-line">
        <span className="score-figure">{formatScore(score)}</span>
        <Bar share={score} mark={threshold} tone="danger" />
        <span className="muted">
          {formatRarity(score)} records is this odd; alerts from {formatScore(threshold)}
        </span>
      </div>
    </section>
  );
}

function Identity({ anomaly }: { readonly anomaly: AnomalyData }) {
  const queryString = useQueryString();
  return (
    <section className="detail-section">
      <h2>Record</h2>
      <dl className="identity">
        <dt>Template</dt>
        <dd>
          <TemplateText text={anomaly.template} />
        </dd>
        <dt>Trace</dt>
        <dd>
          {anomaly.traceId === null ? (
            <span className="muted">none</span>
          ) : (
            <>
              <code>{anomaly.traceId}</code>{" "}
              <Link href={paths.live + changedQuery(queryString, { trace: anomaly.traceId })}>
                Anomalies of this trace
              </Link>
            </>
          )}
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{anomaly.id}</code>
        </dd>
      </dl>
    </section>
  );
}
