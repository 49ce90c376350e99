import { formatNoun } from "../format/count.ts";
import { formatRarity, formatScore } from "../format/score.ts";
import { formatAgo } from "../format/time.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { LogText } from "../ui/LogText.tsx";
import { PlaceholderText } from "../ui/PlaceholderText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useNow } from "../ui/use-now.ts";
import { AnomalyBody } from "./AnomalyBody.tsx";
import { ExpectedEvents } from "./ExpectedEvents.tsx";
import { Link } from "./Link.tsx";
import type { LabellingItem } from "./labelling-query.ts";
import { ScoreBar } from "./ScoreBar.tsx";
import { severityTone } from "./severity-tone.ts";
import { WindowSequence } from "./WindowSequence.tsx";

/** All that is needed to say whether a record is a real anomaly. */
export function LabelCard({ item }: { readonly item: LabellingItem }) {
  const { anomaly, similar } = item;
  const nowMs = useNow();
  return (
    <article className="label-card" aria-labelledby="label-sentence">
      <p className="detail-facts">
        <Badge tone={severityTone(anomaly.severity)}>
          {anomaly.severity === null ? "no severity" : <LogText text={anomaly.severity} />}
        </Badge>
        <strong>
          <LogText text={anomaly.service} />
        </strong>
        <Timestamp iso={anomaly.time} nowMs={nowMs} />
        <span className="muted">{formatAgo(Date.parse(anomaly.time), nowMs)}</span>
      </p>
      <h2 id="label-sentence" className="label-sentence">
        <PlaceholderText text={anomaly.explanation.summary} />
      </h2>
      <div className="score-line">
        <span className="score-figure">{formatScore(anomaly.score)}</span>
        <ScoreBar
          score={anomaly.score}
          threshold={anomaly.threshold}
          tone={anomaly.isAlert ? "danger" : "muted"}
        />
        <span className="muted">
          {anomaly.isAlert ? <Badge tone="danger">Alerted</Badge> : <Badge tone="muted">Sample</Badge>}{" "}
          {anomaly.isAlert ? "threshold" : "below the threshold,"} {formatScore(anomaly.threshold)};{" "}
          {formatRarity(anomaly.score)} records is this odd
          {similar > 1 ? `; ${formatNoun(similar - 1, "more like it", "more like it")} unlabelled` : ""}
        </span>
      </div>
      {anomaly.body === "" ? null : <AnomalyBody body={anomaly.body} tokens={anomaly.explanation.tokens} />}
      <WindowSequence events={anomaly.window} />
      <ExpectedEvents expected={anomaly.explanation.expected} template={anomaly.template} />
      <p>
        <Link href={paths.anomaly(anomaly.id)}>Everything known of it</Link>
      </p>
    </article>
  );
}
