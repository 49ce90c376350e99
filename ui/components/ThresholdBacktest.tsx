import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { formatCount, formatNoun, formatRate } from "../format/count.ts";
import { formatPercent, formatRarity, formatScore } from "../format/score.ts";
import { paths } from "../paths.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { LogText } from "../ui/LogText.tsx";
import { Slider } from "../ui/Slider.tsx";
import { AlertCurve } from "./AlertCurve.tsx";
import { alertCurveQuery, toCurve } from "./alert-curve.ts";
import { Link } from "./Link.tsx";
import { BACKTEST_DAYS, type ThresholdPreviewData, useThresholdPreview } from "./use-threshold-preview.ts";

const STEP = 0.001;

interface ThresholdBacktestProps {
  readonly service: string;
  /** The threshold in force now. */
  readonly inForce: number;
  readonly value: number;
  /** Absent: the value is shown, not chosen. */
  readonly onChange?: (value: number) => void;
}

/** How many alerts each threshold would have raised on the stored scores, and what this one would have done. */
export function ThresholdBacktest({ service, inForce, value, onChange }: ThresholdBacktestProps) {
  const { preview, error, isPending, period } = useThresholdPreview(service, value);
  const [{ data }] = useQuery({ query: alertCurveQuery, variables: { service, ...period } });
  const min = Math.min(inForce, value) < 0.5 ? 0 : 0.5;
  return (
    <div className="backtest">
      <div className="backtest-scale">
        <AlertCurve
          points={data === undefined ? [] : toCurve(data)}
          min={min}
          value={value}
          inForce={inForce}
        />
        {onChange === undefined ? null : (
          <Slider
            label="Threshold"
            min={min}
            max={1}
            step={STEP}
            value={value}
            valueText={`${formatScore(value)}, ${formatRarity(value)} records`}
            onChange={onChange}
          />
        )}
        <p className="scale-ends" aria-hidden="true">
          <span>{min.toFixed(1)}</span>
          <span>score; the curve is the number of alerts, logarithmic</span>
          <span>1.0</span>
        </p>
      </div>
      <div className={`backtest-result ${isPending ? "is-pending" : ""}`} aria-live="polite">
        <p className="backtest-value">
          <span className="number">{formatScore(value)}</span>{" "}
          <span className="muted">{formatRarity(value)} records</span>
        </p>
        {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
        {preview === undefined ? null : <Outcome preview={preview} />}
      </div>
    </div>
  );
}

function Outcome({ preview }: { readonly preview: ThresholdPreviewData }) {
  const { alerts, alertsPerDay, precision, recall, missed } = preview;
  return (
    <>
      <p>
        Would have fired:{" "}
        <strong>
          {formatNoun(alerts, "alert")} ({formatRate(alertsPerDay)} a day)
        </strong>{" "}
        in the last {BACKTEST_DAYS} days.
      </p>
      {precision === null && recall === null ? (
        <p className="muted">Mark anomalies as real or expected to see how many it would catch and miss.</p>
      ) : (
        <p>
          {precision === null ? null : `${formatPercent(precision)} of the judged alerts were real. `}
          {recall === null ? null : `${formatPercent(recall)} of the real ones would be caught.`}
        </p>
      )}
      {missed.length === 0 ? null : <Missed missed={missed} />}
    </>
  );
}

const MISSED_SHOWN = 3;

function Missed({ missed }: Pick<ThresholdPreviewData, "missed">) {
  return (
    <div className="missed">
      <p>Would miss {formatNoun(missed.length, "real anomaly", "real anomalies")}:</p>
      <ul>
        {missed.slice(0, MISSED_SHOWN).map((anomaly) => (
          <li key={anomaly.id}>
            <span className="number">{formatScore(anomaly.score)}</span>{" "}
            <Link href={paths.anomaly(anomaly.id)}>
              <LogText text={anomaly.explanation.summary} />
            </Link>
          </li>
        ))}
      </ul>
      {missed.length > MISSED_SHOWN ? (
        <p className="muted">and {formatCount(missed.length - MISSED_SHOWN)} more</p>
      ) : null}
    </div>
  );
}
