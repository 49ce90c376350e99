import type { IncidentTemplate } from "../../store/incident.ts";
import type { AnomalySubject } from "../../store/label.ts";

/**
 * The anomalies of an incident that a word on all of it is said of: the strongest of each template, and of each kind (an
 * event, an end, a silence) and detector that was surprised most the strongest, so that the message, its burst and its
 * session's end are all spoken of. Those of templates first, then the strongest; each once.
 *
 * @param subjects the incident's anomalies, the strongest first
 */
export function anomaliesToJudge(
  templates: readonly Pick<IncidentTemplate, "strongestId">[],
  subjects: readonly AnomalySubject[],
  max: number,
): readonly string[] {
  const ids = new Set(templates.map(({ strongestId }) => strongestId));
  const spokenOf = new Set(subjects.filter(({ id }) => ids.has(id)).map(claimed));
  for (const subject of subjects) {
    if (ids.size >= max) break;
    if (spokenOf.has(claimed(subject))) continue;
    spokenOf.add(claimed(subject));
    ids.add(subject.id);
  }
  return [...ids].slice(0, max);
}

function claimed({ kind, detector }: AnomalySubject): string {
  return `${detector} ${kind}`;
}
