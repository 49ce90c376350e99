import { formatInstant } from "../format/time.ts";
import { StatusDot } from "../ui/StatusDot.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { gapBefore } from "./gap-before.ts";
import { severityTone } from "./severity-tone.ts";

/** The sequence that the event was judged in, oldest first, with the pauses between. */
export function WindowSequence({ events }: { readonly events: AnomalyData["window"] }) {
  if (events.length === 0) return null;
  return (
    <section className="detail-section">
      <h2>Sequence</h2>
      <ol className="window">
        {events.map((event, index) => (
          // A window is one picture that never changes, and its events may be alike.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
          <li key={index} className={event.isSubject ? "is-subject" : ""}>
            <span className="number" title={formatInstant(Date.parse(event.time))}>
              {gapBefore(events, index)}
            </span>
            <StatusDot tone={severityTone(event.severity)} />
            <span className="window-event">
              {event.isSubject ? <strong className="subject-mark">This event</strong> : null}
              <TemplateText text={event.template} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
