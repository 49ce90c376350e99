import { formatPercent, formatPValue } from "../format/score.ts";
import { Bar } from "../ui/Bar.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { detectorWords } from "./detector-words.ts";

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
        {detectors.map(({ detector, share, pValue }) => {
          const { name, looksAt } = detectorWords(detector);
          return (
            <li key={detector}>
              <span>{name}</span>
              <Bar share={share} tone="accent" />
              <span className="number">{formatPercent(share)}</span>
              <span className="muted">p = {formatPValue(pValue)}</span>
              {looksAt === "" ? null : <span className="looks-at muted">{looksAt}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
