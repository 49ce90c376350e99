import { type Kysely, sql } from "kysely";

const MINUTE_MS = 60_000;
const RELATED_GAP_MS = MINUTE_MS;
const SAME_TEMPLATE_GAP_MS = 10 * MINUTE_MS;
const DURATION_MS_MAX = 1_440 * MINUTE_MS;
const TEMPLATES_MAX = 20;
/** Anomalies that are read together. */
const READ_AT_ONCE = 1_000;

interface Row {
  readonly id: string;
  readonly time_ms: number;
  readonly template_id: string;
  readonly template: string;
  readonly score: number;
  readonly severity_number: number;
}

interface Template {
  readonly templateId: string;
  readonly template: string;
  anomalies: number;
  maxScore: number;
  strongestId: string;
}

/** The anomalies from its id to `lastId`, in the order of their ids. */
interface Incident {
  readonly id: string;
  lastId: string;
  startedAtMs: number;
  lastAtMs: number;
  anomalies: number;
  maxScore: number;
  severityNumber: number;
  strongestId: string;
  readonly templates: Map<string, Template>;
}

/**
 * Puts what an earlier version has stored into incidents. Written out, since what groups those that come live may change. Each anomaly
 * is held against the incident before it alone, so that two that overlap become more.
 */
export async function groupStored(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ service: string }>`select distinct service from anomalies`.execute(db);
  for (const { service } of rows) await groupService(db, service);
}

async function groupService(db: Kysely<unknown>, service: string): Promise<void> {
  let open: Incident | undefined;
  for (let afterId = ""; ; ) {
    const { rows } = await sql<Row>`
      select id, time_ms, template_id, template, score, severity_number from anomalies
      where service = ${service} and id > ${afterId} order by id limit ${READ_AT_ONCE}`.execute(db);
    for (const row of rows) {
      if (open !== undefined && !belongs(open, row)) await save(db, service, open);
      open = open !== undefined && belongs(open, row) ? open : begun(row);
      add(open, row);
      afterId = row.id;
    }
    if (rows.length < READ_AT_ONCE) break;
  }
  if (open !== undefined) await save(db, service, open);
}

function begun({ id, time_ms: timeMs }: Row): Incident {
  return {
    id,
    lastId: id,
    startedAtMs: timeMs,
    lastAtMs: timeMs,
    anomalies: 0,
    maxScore: 0,
    severityNumber: 0,
    strongestId: id,
    templates: new Map(),
  };
}

function belongs(
  { startedAtMs, lastAtMs, templates }: Incident,
  { time_ms: timeMs, template_id: id }: Row,
): boolean {
  const gapMs = templates.has(id) ? SAME_TEMPLATE_GAP_MS : RELATED_GAP_MS;
  const durationMs = Math.max(lastAtMs, timeMs) - Math.min(startedAtMs, timeMs);
  return timeMs >= startedAtMs - gapMs && timeMs <= lastAtMs + gapMs && durationMs <= DURATION_MS_MAX;
}

function add(incident: Incident, row: Row): void {
  if (row.score > incident.maxScore) incident.strongestId = row.id;
  incident.lastId = row.id;
  incident.startedAtMs = Math.min(incident.startedAtMs, row.time_ms);
  incident.lastAtMs = Math.max(incident.lastAtMs, row.time_ms);
  incident.anomalies += 1;
  incident.maxScore = Math.max(incident.maxScore, row.score);
  incident.severityNumber = Math.max(incident.severityNumber, row.severity_number);
  addTemplate(incident.templates, row);
}

function addTemplate(
  templates: Map<string, Template>,
  { id, template_id: templateId, template, score }: Row,
): void {
  const known = templates.get(templateId);
  if (known === undefined) {
    if (templates.size < TEMPLATES_MAX)
      templates.set(templateId, { templateId, template, anomalies: 1, maxScore: score, strongestId: id });
    return;
  }
  if (score > known.maxScore) known.strongestId = id;
  known.anomalies += 1;
  known.maxScore = Math.max(known.maxScore, score);
}

async function save(db: Kysely<unknown>, service: string, incident: Incident): Promise<void> {
  const { id, lastId, startedAtMs, lastAtMs, anomalies, maxScore, severityNumber, strongestId } = incident;
  const templates = JSON.stringify([...incident.templates.values()]);
  await sql`
    insert into incidents (id, service, started_at_ms, last_at_ms, anomalies, max_score, severity_number, strongest_id, templates)
    values (${id}, ${service}, ${startedAtMs}, ${lastAtMs}, ${anomalies}, ${maxScore}, ${severityNumber}, ${strongestId}, ${templates})`.execute(
    db,
  );
  await sql`
    update anomalies set incident_id = ${id}
    where service = ${service} and id >= ${id} and id <= ${lastId}`.execute(db);
}
