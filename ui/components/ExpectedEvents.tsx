import { formatPercent } from "../format/score.ts";
import { Bar } from "../ui/Bar.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import type { AnomalyData } from "./anomaly-query.ts";

interface ExpectedEventsProps {
  readonly expected: AnomalyData["explanation"]["expected"];
  /** What came instead. */
  readonly template: string;
}

/** What the model expected at the event's place, most probable first, against what came. */
export function ExpectedEvents({ expected, template }: ExpectedEventsProps) {
  if (expected.length === 0) return null;
  return (
    <section className="detail-section">
      <h2>Expected here</h2>
      <ul className="expected">
        {expected.map((event) => (
          <li key={event.template ?? ""}>
            <span className="number">{formatPercent(event.probability)}</span>
            <Bar share={event.probability} tone="accent" />
            {event.template === null ? (
              <em>the end of the session</em>
            ) : (
              <TemplateText text={event.template} />
            )}
          </li>
        ))}
        <li className="came-instead">
          <span className="number">came</span>
          <span aria-hidden="true" className="came-arrow">
            →
          </span>
          <TemplateText text={template} />
        </li>
      </ul>
    </section>
  );
}
