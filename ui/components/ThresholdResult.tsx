import { formatCount, formatNoun } from "../format/count.ts";
import { formatPercent, formatRarity, formatScore } from "../format/score.ts";
import { paths } from "../paths.ts";
import { LogText } from "../ui/LogText.tsx";
import { Link } from "./Link.tsx";
import { ThresholdField } from "./ThresholdField.tsx";
import type { ThresholdOutcome } from "./threshold-outcome.ts";
import { alertsInWords } from "./threshold-words.ts";
import type { MissedData } from "./use-missed.ts";

const MISSED_SHOWN = 3;

interface ThresholdResultProps {
  readonly value: number;
  /** undefined until the scores are there. */
  readonly outcome: ThresholdOutcome | undefined;
  /** undefined while the slider moves. */
  readonly missed: MissedData | undefined;
  /** Of which the scores are, in words. */
  readonly span: string;
  readonly onChange: (value: number) => void;
}

/** A threshold as a number that can be typed, and what it would have done. */
export function ThresholdResult({ value, outcome, missed, span, onChange }: ThresholdResultProps) {
  return (
    <div className="backtest-result">
      <p className="backtest-value">
        <ThresholdField value={value} onChange={onChange} />{" "}
        <span className="muted">{formatRarity(value)} records</span>
      </p>
      {outcome === undefined ? null : (
        <>
          <p>
            Would have fired: <strong>{alertsInWords(outcome)}</strong> in {span}.
          </p>
          <Rates outcome={outcome} />
          {outcome.missed === 0 ? null : <Missed count={outcome.missed} missed={missed} />}
        </>
      )}
    </div>
  );
}

function Rates({ outcome }: { readonly outcome: ThresholdOutcome }) {
  const { precision, recall, caught, judged, confirmed } = outcome;
  if (precision === undefined && recall === undefined)
    return (
      <p className="muted">Nothing above it is labelled, so how many alerts would be real is not known.</p>
    );
  return (
    <dl className="rates">
      <div title="Of the labelled records that would have alerted">
        <dt>Precision</dt>
        <dd>
          {precision === undefined ? (
            <span className="muted">no labelled alert</span>
          ) : (
            <>
              <strong>{formatPercent(precision)}</strong>{" "}
              <span className="muted">
                {formatCount(caught)} of {formatCount(judged)} real
              </span>
            </>
          )}
        </dd>
      </div>
      <div title="Of the records that were labelled real">
        <dt>Recall</dt>
        <dd>
          {recall === undefined ? (
            <span className="muted">none labelled real</span>
          ) : (
            <>
              <strong>{formatPercent(recall)}</strong>{" "}
              <span className="muted">
                {formatCount(caught)} of {formatCount(confirmed)} caught
              </span>
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Missed({ count, missed }: { readonly count: number; readonly missed: MissedData | undefined }) {
  return (
    <div className="missed">
      <p>Would miss {formatNoun(count, "real anomaly", "real anomalies")}:</p>
      <ul>
        {missed?.slice(0, MISSED_SHOWN).map((anomaly) => (
          <li key={anomaly.id}>
            <span className="number">{formatScore(anomaly.score)}</span>{" "}
            <Link href={paths.anomaly(anomaly.id)}>
              <LogText text={anomaly.explanation.summary} />
            </Link>
          </li>
        ))}
      </ul>
      {count > MISSED_SHOWN ? <p className="muted">and {formatCount(count - MISSED_SHOWN)} more</p> : null}
    </div>
  );
}
