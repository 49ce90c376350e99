import type { Alert, AlertStore, NewMessage } from "../../store/alert.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { type Incident, isOngoing } from "../../store/incident.ts";
import type { Store } from "../../store/store.ts";
import { eventNotice, shownOf, toMessage } from "./build-notice.ts";
import type { AlertsConfig, Channel } from "./config.ts";
import { noted, planChannel } from "./plan.ts";
import { isRouted } from "./routes.ts";

/** Incidents that are looked at together. */
const CHANGES_MAX = 200;
/** Events of one look, and events that may wait: with more the channel looks later. */
const EVENTS_MAX = 5_000;
/** Alerts that are open or wait at one time, the oldest first; what waits behind them is told when they are. */
const ACTIVE_MAX = 2_000;

/** What plans are made from. */
export interface PlanPorts {
  readonly store: AlertStore & Pick<Store, "anomaliesById">;
  readonly config: Pick<AlertsConfig, "routes" | "gather_seconds">;
  readonly holder: string;
  readonly now: () => number;
}

/** Notes for a channel what has changed since it last looked; whether there may be more. */
export async function noteChanges(channel: Channel, ports: PlanPorts): Promise<boolean> {
  const { store, config, holder, now } = ports;
  const hasEvents = channel.kind === "otlp";
  const { waiting } = await store.channelLoad(channel.name, now());
  if (waiting >= EVENTS_MAX) return false;
  const changes = await store.alertChanges(channel.name, CHANGES_MAX, hasEvents ? EVENTS_MAX : 0);
  if (changes.revision === undefined) return false;
  const routed = changes.incidents.filter((one) => isRouted(config.routes, channel.name, one));
  const known = await store.alertsOf(
    channel.name,
    changes.incidents.map(({ id }) => id),
  );
  const knownIds = new Set(known.map(({ incidentId }) => incidentId));
  const changed = new Map(changes.incidents.map((one) => [one.id, one]));
  const nowMs = now();
  const grown = known.flatMap((alert): Alert[] => {
    const incident = changed.get(alert.incidentId);
    const next = incident === undefined ? undefined : noted(alert, incident, nowMs);
    return next === undefined ? [] : [next];
  });
  const fresh = routed.filter(({ id }) => !knownIds.has(id)).map((one) => begun(one, channel.name, nowMs));
  return store.saveAlertPlan({
    channel: channel.name,
    holder,
    atMs: nowMs,
    revision: changes.revision,
    alerts: [...grown, ...fresh],
    messages: toEvents(changes.withoutRecord, channel, config),
  });
}

/** Plans what a channel tells next, and stores it. */
export async function planMessages(channel: Channel, ports: PlanPorts): Promise<void> {
  const { store, config, holder, now } = ports;
  const active = await store.activeAlerts(channel.name, ACTIVE_MAX);
  if (active.length === 0) return;
  const nowMs = now();
  const load = await store.channelLoad(channel.name, nowMs);
  const gatherMs = config.gather_seconds * 1_000;
  const { tellings, alerts } = planChannel({ channel, gatherMs, active, load, nowMs });
  if (tellings.length === 0 && alerts.length === 0) return;
  const ids = tellings.flatMap(({ listed }) => shownOf(listed).map(({ incident }) => incident.strongestId));
  const strongest = new Map((await store.anomaliesById(ids)).map((one) => [one.id, one.explanation.summary]));
  const summaryOf = (incident: Incident) => strongest.get(incident.strongestId) ?? "";
  const messages = tellings.map((telling) => toMessage(telling, summaryOf));
  await store.saveAlertPlan({
    channel: channel.name,
    holder,
    atMs: nowMs,
    revision: undefined,
    alerts,
    messages,
  });
}

/** What is over when it is first seen, after a time in which nobody looked, is told together with its like. */
function begun(incident: Incident, channel: string, nowMs: number): Alert {
  return {
    incidentId: incident.id,
    channel,
    service: incident.service,
    state: "waiting",
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    isHeldBack: !isOngoing(incident, nowMs),
    openedAtMs: undefined,
    told: undefined,
    messages: 0,
  };
}

function toEvents(
  anomalies: readonly StoredAnomaly[],
  channel: Channel,
  { routes }: Pick<AlertsConfig, "routes">,
): readonly NewMessage[] {
  return anomalies.flatMap((anomaly): NewMessage[] => {
    const { service, severityNumber, score: maxScore } = anomaly;
    if (!isRouted(routes, channel.name, { service, severityNumber, maxScore })) return [];
    const notice = eventNotice(anomaly);
    return notice === undefined ? [] : [{ key: anomaly.id, kind: "event", notice: JSON.stringify(notice) }];
  });
}
