const MINUTE_MS = 60_000;
/** Anomalies of one service that follow each other this closely belong together, whatever their templates. */
export const RELATED_GAP_MS = MINUTE_MS;
/** What comes back after this long is the same incident still, where its template is among the incident's. */
export const SAME_TEMPLATE_GAP_MS = 10 * MINUTE_MS;
/** What never ends becomes a new incident each day. */
const DURATION_MS_MAX = 1_440 * MINUTE_MS;
/** Templates that one incident tells apart. */
export const INCIDENT_TEMPLATES_MAX = 20;

/** A template's part in an incident. */
export interface IncidentTemplate {
  readonly templateId: string;
  readonly template: string;
  readonly anomalies: number;
  readonly maxScore: number;
  /** Its anomaly with the highest score. */
  readonly strongestId: string;
}

/** Anomalies of one service that belong together. */
export interface Incident {
  /** That of the anomaly that began it: a ULID. */
  readonly id: string;
  readonly service: string;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly anomalies: number;
  readonly maxScore: number;
  /** The highest among its anomalies. */
  readonly severityNumber: number;
  /** Its anomaly with the highest score. */
  readonly strongestId: string;
  /** In the order in which they came; at most {@link INCIDENT_TEMPLATES_MAX}. */
  readonly templates: readonly IncidentTemplate[];
}

/** An anomaly, as far as incidents are about it. */
export interface IncidentMember {
  readonly id: string;
  readonly service: string;
  readonly timeMs: number;
  readonly templateId: string;
  readonly template: string;
  readonly score: number;
  readonly severityNumber: number;
}

/** What became of some anomalies. */
export interface Grouped {
  /** Those that were begun or added to. */
  readonly incidents: readonly Incident[];
  /** By the anomaly's id, that of its incident. */
  readonly incidentOf: ReadonlyMap<string, string>;
}

/**
 * Puts anomalies into incidents, the earliest first: each into the one that it belongs to, where there are several into one that
 * has its template, else into the latest; where there is none it begins one.
 *
 * Example: three errors of one template within a minute are one incident; the same error an hour later is another.
 *
 * @param known incidents of the same service that could still be added to
 */
export function groupIncidents(known: readonly Incident[], members: readonly IncidentMember[]): Grouped {
  // Those that are over by now are over for all later ones: of many far apart each looks at few.
  let open = known;
  const changed = new Map<string, Incident>();
  const incidentOf = new Map<string, string>();
  for (const member of [...members].sort((a, b) => a.timeMs - b.timeMs)) {
    open = open.filter((incident) => isOngoing(incident, member.timeMs));
    const fitting = open.filter((incident) => takes(incident, member));
    const best =
      fitting.filter((incident) => knows(incident, member)).reduce(latest, undefined) ??
      fitting.reduce(latest, undefined);
    const grown = best === undefined ? begun(member) : withMember(best, member);
    open = best === undefined ? [...open, grown] : open.map((one) => (one === best ? grown : one));
    changed.set(grown.id, grown);
    incidentOf.set(member.id, grown.id);
  }
  return { incidents: [...changed.values()], incidentOf };
}

/** Whether an anomaly that comes at this time could still be added to the incident. */
export function isOngoing({ lastAtMs }: Incident, nowMs: number): boolean {
  return nowMs - lastAtMs <= SAME_TEMPLATE_GAP_MS;
}

/** Whether an incident has lasted as long as one can: what goes on is another one. */
export function hasLastedLongest({ startedAtMs, lastAtMs }: Incident): boolean {
  return lastAtMs - startedAtMs > DURATION_MS_MAX - SAME_TEMPLATE_GAP_MS;
}

function knows({ templates }: Incident, { templateId }: IncidentMember): boolean {
  return templates.some((one) => one.templateId === templateId);
}

function takes(incident: Incident, member: IncidentMember): boolean {
  if (incident.service !== member.service) return false;
  const { startedAtMs, lastAtMs } = incident;
  const gapMs = knows(incident, member) ? SAME_TEMPLATE_GAP_MS : RELATED_GAP_MS;
  const { timeMs } = member;
  const durationMs = Math.max(lastAtMs, timeMs) - Math.min(startedAtMs, timeMs);
  return timeMs >= startedAtMs - gapMs && timeMs <= lastAtMs + gapMs && durationMs <= DURATION_MS_MAX;
}

function latest(best: Incident | undefined, one: Incident): Incident {
  return best === undefined || one.lastAtMs > best.lastAtMs ? one : best;
}

function begun(member: IncidentMember): Incident {
  return {
    id: member.id,
    service: member.service,
    startedAtMs: member.timeMs,
    lastAtMs: member.timeMs,
    anomalies: 1,
    maxScore: member.score,
    severityNumber: member.severityNumber,
    strongestId: member.id,
    templates: [templateOf(member)],
  };
}

function withMember(incident: Incident, member: IncidentMember): Incident {
  const isStrongest = member.score > incident.maxScore;
  return {
    ...incident,
    startedAtMs: Math.min(incident.startedAtMs, member.timeMs),
    lastAtMs: Math.max(incident.lastAtMs, member.timeMs),
    anomalies: incident.anomalies + 1,
    maxScore: Math.max(incident.maxScore, member.score),
    severityNumber: Math.max(incident.severityNumber, member.severityNumber),
    strongestId: isStrongest ? member.id : incident.strongestId,
    templates: withTemplate(incident.templates, member),
  };
}

function withTemplate(
  templates: readonly IncidentTemplate[],
  member: IncidentMember,
): readonly IncidentTemplate[] {
  const at = templates.findIndex(({ templateId }) => templateId === member.templateId);
  const known = templates[at];
  if (known === undefined)
    return templates.length >= INCIDENT_TEMPLATES_MAX ? templates : [...templates, templateOf(member)];
  const isStrongest = member.score > known.maxScore;
  return templates.with(at, {
    ...known,
    anomalies: known.anomalies + 1,
    maxScore: Math.max(known.maxScore, member.score),
    strongestId: isStrongest ? member.id : known.strongestId,
  });
}

function templateOf({ id, templateId, template, score }: IncidentMember): IncidentTemplate {
  return { templateId, template, anomalies: 1, maxScore: score, strongestId: id };
}
