import type { Alert, AlertEvents, AlertStore, NewMessage } from "../../store/alert.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { type Incident, isOngoing } from "../../store/incident.ts";
import type { Store } from "../../store/store.ts";
import { eventNotice, shownOf, toMessage } from "./build-notice.ts";
import { type AlertsConfig, type Channel, isForPeople } from "./config.ts";
import { roomToPlan } from "./limits.ts";
import { noted, planChannel } from "./plan.ts";
import { isRouted } from "./routes.ts";
import type { Telling } from "./tellings.ts";

/** Incidents that are looked at together. */
const CHANGES_MAX = 200;
/** Events that are looked at together, and that may wait: with more the channel looks later. */
const EVENTS_MAX = 5_000;
/** Alerts that are open or wait at one time, the oldest first; what waits behind them is told when they are. */
const ACTIVE_MAX = 2_000;

/** What plans are made from. */
export interface PlanPorts {
  readonly store: AlertStore & Pick<Store, "anomaliesById">;
  readonly config: Pick<AlertsConfig, "routes" | "gather_seconds">;
  readonly holder: string;
  readonly now: () => number;
  readonly onOutcome: (channel: string, outcome: "expired") => void;
  /** Told what a person should know. */
  readonly onError: (error: unknown) => void;
}

/** Notes for a channel what has changed since it last looked; whether there may be more. */
export async function noteChanges(channel: Channel, ports: PlanPorts): Promise<boolean> {
  const { store, config, holder, now } = ports;
  const { name } = channel;
  const changes = await store.alertChanges(name, CHANGES_MAX);
  const isOtlp = channel.kind === "otlp";
  const events = isOtlp ? await newEvents(name, ports) : { anomalies: [], revision: changes.revision };
  if (changes.revision === undefined && events.revision === undefined) return false;
  const nowMs = now();
  return store.saveAlertPlan({
    channel: name,
    holder,
    atMs: nowMs,
    revision: changes.revision,
    eventsRevision: events.revision,
    alerts: await changedAlerts(changes.incidents, name, nowMs, ports),
    messages: toEvents(events.anomalies, name, config),
  });
}

async function newEvents(channel: string, { store, now }: PlanPorts): Promise<AlertEvents> {
  const { waitingEvents } = await store.channelLoad(channel, now());
  if (waitingEvents >= EVENTS_MAX) return { anomalies: [], revision: undefined };
  return store.alertEvents(channel, EVENTS_MAX);
}

/** What has grown, and what is new and routed here. */
async function changedAlerts(
  incidents: readonly Incident[],
  channel: string,
  nowMs: number,
  { store, config }: PlanPorts,
): Promise<readonly Alert[]> {
  const known = await store.alertsOf(
    channel,
    incidents.map(({ id }) => id),
  );
  const knownIds = new Set(known.map(({ incidentId }) => incidentId));
  const changed = new Map(incidents.map((one) => [one.id, one]));
  const grown = known.flatMap((alert): Alert[] => {
    const incident = changed.get(alert.incidentId);
    const next = incident === undefined ? undefined : noted(alert, incident, nowMs);
    return next === undefined ? [] : [next];
  });
  const fresh = incidents.filter((one) => !knownIds.has(one.id) && isRouted(config.routes, channel, one));
  return [...grown, ...fresh.map((one) => begun(one, channel, nowMs))];
}

/**
 * Plans what a channel tells next, and stores it. Where nothing may be told nothing is read: it waits as it is.
 *
 * @returns when it is worth while to plan again though nothing has changed
 */
export async function planMessages(channel: Channel, ports: PlanPorts): Promise<number> {
  const { store, config, holder, now } = ports;
  const nowMs = now();
  const room = roomToPlan(channel, await store.channelLoad(channel.name, nowMs), nowMs);
  if (room === 0) return Number.POSITIVE_INFINITY;
  const { active, lost } = await store.activeAlerts(channel.name, ACTIVE_MAX);
  const openedAtMs = await store.openedServices(channel.name, nowMs);
  const gatherMs = config.gather_seconds * 1_000;
  const planned = planChannel({
    channel,
    isForPeople: isForPeople(channel),
    gatherMs,
    active,
    openedAtMs,
    room,
    nowMs,
  });
  const alerts = [...planned.alerts, ...lost.map((one): Alert => ({ ...one, state: "dropped" }))];
  if (planned.tellings.length > 0 || alerts.length > 0) {
    const isStored = await store.saveAlertPlan({
      channel: channel.name,
      holder,
      atMs: nowMs,
      revision: undefined,
      eventsRevision: undefined,
      alerts,
      messages: await toMessages(planned.tellings, store),
    });
    if (isStored) giveUp(lost, channel.name, ports);
  }
  return planned.nextAtMs;
}

async function toMessages(
  tellings: readonly Telling[],
  store: PlanPorts["store"],
): Promise<readonly NewMessage[]> {
  const ids = tellings.flatMap(({ listed }) => shownOf(listed).map(({ incident }) => incident.strongestId));
  const strongest = new Map((await store.anomaliesById(ids)).map((one) => [one.id, one]));
  return tellings.map((telling) => toMessage(telling, ({ strongestId }) => strongest.get(strongestId)));
}

/** What was not told to its end before its incident was deleted is counted, and said. */
function giveUp(lost: readonly Alert[], channel: string, { onOutcome, onError }: PlanPorts): void {
  if (lost.length === 0) return;
  for (const _ of lost) onOutcome(channel, "expired");
  const what = lost.length === 1 ? "an incident" : `${lost.length} incidents`;
  onError(new Error(`alerts: ${what} could not be told to ${channel} before the retention deleted them`));
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
    messageKey: undefined,
  };
}

function toEvents(
  anomalies: readonly StoredAnomaly[],
  channel: string,
  { routes }: Pick<AlertsConfig, "routes">,
): readonly NewMessage[] {
  return anomalies.flatMap((anomaly): NewMessage[] => {
    const { service, severityNumber, score: maxScore } = anomaly;
    if (!isRouted(routes, channel, { service, severityNumber, maxScore })) return [];
    const notice = eventNotice(anomaly);
    return notice === undefined ? [] : [{ key: anomaly.id, kind: "event", notice: JSON.stringify(notice) }];
  });
}
