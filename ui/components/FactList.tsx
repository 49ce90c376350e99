import { formatAgo } from "../format/time.ts";
import { PlaceholderText } from "../ui/PlaceholderText.tsx";
import type { AnomalyData } from "./anomaly-query.ts";

interface FactListProps {
  readonly facts: AnomalyData["explanation"]["facts"];
  readonly incident: AnomalyData["incident"];
  readonly nowMs: number;
}

/** What is known beside the sentence, in a few lines; nothing for an anomaly that an earlier version stored alone. */
export function FactList({ facts, incident, nowMs }: FactListProps) {
  const others = (incident?.anomalies ?? 1) - 1;
  if (facts.length === 0 && others === 0) return null;
  return (
    <ul className="fact-list" aria-label="Facts">
      {facts.map((fact) => (
        <li key={fact}>
          <PlaceholderText text={fact} />
        </li>
      ))}
      {incident === null || others === 0 ? null : (
        <li>
          One of {incident.anomalies} anomalies of an incident that began{" "}
          {formatAgo(Date.parse(incident.startedAt), nowMs)}.
        </li>
      )}
    </ul>
  );
}
