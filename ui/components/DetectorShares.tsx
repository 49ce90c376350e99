import { formatPercent, formatPValue } from "../format/score.ts";
import { Bar } from "../ui/Bar.tsx";
import type { AnomalyData } from "./anomaly-query.ts";

const words: Readonly<Record<string, string>> = {
  "event-model": "Event model",
  "pretrained-model": "Language model",
  "new-template": "New template",
  ngram: "Order of events",
};

/** Which ways of being odd made the score, and how rare the event is to each. */
export function DetectorShares({
  detectors,
}: {
  readonly detectors: AnomalyData["explanation"]["detectors"];
}) {
  if (detectors.length === 0) return null;
  return (
    <section className="detail-section">
      <h2>Detectors</h2>
      <ul className="detectors">
        {detectors.map(({ detector, share, pValue }) => (
          <li key={detector}>
            <span>{words[detector] ?? detector}</span>
            <Bar share={share} tone="accent" />
            <span className="number">{formatPercent(share)}</span>
            <span className="muted">p = {formatPValue(pValue)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
