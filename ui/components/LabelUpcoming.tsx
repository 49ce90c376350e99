import { formatScore } from "../format/score.ts";
import { LogText } from "../ui/LogText.tsx";
import type { LabellingItem } from "./labelling-query.ts";

const SHOWN = 12;

/** What comes after the card. */
export function LabelUpcoming({ items }: { readonly items: readonly LabellingItem[] }) {
  if (items.length === 0) return null;
  return (
    <section className="label-upcoming" aria-label="Next">
      <h2>Next</h2>
      <ol>
        {items.slice(0, SHOWN).map(({ anomaly, similar }) => (
          <li key={anomaly.id}>
            <span className="number">{formatScore(anomaly.score)}</span>
            <span className="upcoming-text">
              <strong>
                <LogText text={anomaly.service} />
              </strong>
              {similar > 1 ? <span className="muted"> ×{similar}</span> : null}
              <span className="upcoming-template muted">
                <LogText text={anomaly.template} />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
