import type { ActiveAlert, Alert } from "../../store/alert.ts";
import { type Incident, isOngoing, RELATED_GAP_MS, SAME_TEMPLATE_GAP_MS } from "../../store/incident.ts";
import type { Channel } from "./config.ts";
import { severityClass } from "./severity.ts";

const MINUTE_MS = 60_000;
/** Messages about one incident, the first and the last included, but for those that its severity has risen. */
const MESSAGES_MAX = 7;
/** An incident that has grown by this since it was told is told again. */
const GROWTH = 10;
/** What could not be told for so long since it was due was held back: by quiet hours, the limit, or since nobody ran. */
const LATE_MS = 30_000;

/** What a channel's next messages follow from. */
export interface PlanInput {
  readonly channel: Pick<Channel, "cool_down_minutes">;
  readonly gatherMs: number;
  readonly active: readonly ActiveAlert[];
  /** When the channel last told of a new incident, by service. */
  readonly openedAtMs: ReadonlyMap<string, number>;
  /** How many messages there may be now. */
  readonly room: number;
  readonly nowMs: number;
}

/** An incident to tell of. */
export interface Listed {
  readonly incident: Incident;
  readonly isOver: boolean;
}

/** A message to come. */
export interface Telling {
  readonly key: string;
  /** past: new, and over already. */
  readonly phase: "opened" | "updated" | "over" | "past" | "summary";
  /** Of an update: what is new; of what is past or has gone on meanwhile: that. */
  readonly reason: string;
  /** One; a summary has more. */
  readonly listed: readonly Listed[];
}

/** What is told next, and what the alerts are then. */
export interface Planned {
  readonly tellings: readonly Telling[];
  /** Those that have changed. */
  readonly alerts: readonly Alert[];
  /** When the first of those that are being gathered has been; infinity for none. */
  readonly nextAtMs: number;
}

/**
 * Decides what a channel tells next, by what it has told and what may be told now. What may not waits as it is, and nothing is
 * lost by deciding again: first what is new, then what is over, then what has grown. An end that waits longer than all that is new goes
 * before it: else, where more begins than may be told, no end ever would be.
 */
export function planChannel(input: PlanInput): Planned {
  const { active, gatherMs, room, nowMs } = input;
  const teller = createTeller(room);
  const [open, waiting] = split(active, ({ alert }) => alert.state === "open");
  const [ended, ongoing] = split(open, (one) => isOver(one, nowMs));
  const cooling = createCooling(input);
  const news = waiting.filter((one) => !isExpected(one) && isGathered(one, input));
  const tellable = news.filter(({ alert }) => !cooling.has(alert));
  const firstNewAtMs = Math.min(...tellable.map(({ alert }) => alert.createdAtMs + gatherMs));
  const [first, later] = split(ended, (one) => overAtMs(one) < firstNewAtMs);
  dropExpected(waiting, input, teller);
  for (const one of first) teller.tell(over(one, nowMs));
  tellNew(news, cooling, input, teller);
  for (const one of later) teller.tell(over(one, nowMs));
  for (const one of ongoing) teller.tell(updated(one, input));
  const gathering = waiting.filter((one) => !isGathered(one, input));
  const nextAtMs = Math.min(...gathering.map(({ alert }) => alert.createdAtMs + gatherMs));
  return { tellings: teller.tellings, alerts: teller.alerts, nextAtMs };
}

/**
 * An alert whose incident has changed. What was over goes on, as when a host's clock is behind or its logs come late: it waits to be
 * told anew while there may be messages about it, and always when it is worse than what was told. Undefined where nothing follows.
 */
export function noted(alert: Alert, incident: Incident, nowMs: number): Alert | undefined {
  const { state, told, messages } = alert;
  const isActive = state === "waiting" || state === "open";
  if (isActive) return { ...alert, changedAtMs: nowMs };
  const isWorse =
    told !== undefined && severityClass(incident.severityNumber) > severityClass(told.severityNumber);
  const mayGoOn = state !== "gathered" && messages < MESSAGES_MAX - 1;
  if (!isWorse && !mayGoOn) return undefined;
  return { ...alert, state: "waiting", createdAtMs: nowMs, changedAtMs: nowMs };
}

interface Teller {
  readonly tellings: readonly Telling[];
  readonly alerts: readonly Alert[];
  /** False where there is nothing to tell, or no room for it. */
  tell(step: Step | undefined): boolean;
  /** An alert changes, and nothing is told. */
  change(alert: Alert): void;
}

function createTeller(messagesMax: number): Teller {
  const tellings: Telling[] = [];
  const alerts: Alert[] = [];
  return {
    tellings,
    alerts,
    tell(step) {
      if (step === undefined || tellings.length >= messagesMax) return false;
      tellings.push(step.telling);
      alerts.push(...step.alerts);
      return true;
    },
    change: (alert) => void alerts.push(alert),
  };
}

/** What people called expected, and is over, is not told. */
function dropExpected(waiting: readonly ActiveAlert[], { nowMs }: PlanInput, teller: Teller): void {
  for (const one of waiting)
    if (isExpected(one) && isOver(one, nowMs)) teller.change({ ...one.alert, state: "dropped" });
}

/** What was held back comes first, together; what cannot be told now is held back. */
function tellNew(news: readonly ActiveAlert[], cooling: Cooling, input: PlanInput, teller: Teller): void {
  const { nowMs } = input;
  const [held, fresh] = split(news, (one) => one.alert.isHeldBack || isLate(one, input));
  const ready = held.filter(({ alert }) => !cooling.has(alert));
  if (teller.tell(gathered(ready, nowMs))) for (const { alert } of ready) cooling.add(alert);
  for (const one of fresh) {
    if (!cooling.has(one.alert) && teller.tell(opened(one, nowMs))) cooling.add(one.alert);
    else teller.change({ ...one.alert, isHeldBack: true });
  }
}

/** Whether people called an incident expected: the last word on each of its templates. What comes to it that nobody spoke of is not. */
function isExpected({ incident, feedback }: Omit<ActiveAlert, "alert">): boolean {
  const last = new Map(feedback.map(({ templateId, isTrueAnomaly }) => [templateId, isTrueAnomaly]));
  return incident.templates.every(({ templateId }) => last.get(templateId) === false);
}

/** Nothing was added for as long as something could be, by the records' own times; and for a minute by the clock, so that what is read from an
 * old file is not over while it comes. */
function isOver({ alert, incident }: ActiveAlert, nowMs: number): boolean {
  return !isOngoing(incident, nowMs) && Math.abs(nowMs - alert.changedAtMs) > RELATED_GAP_MS;
}

function overAtMs({ alert, incident }: ActiveAlert): number {
  return Math.max(incident.lastAtMs + SAME_TEMPLATE_GAP_MS, alert.changedAtMs + RELATED_GAP_MS);
}

function isGathered({ alert }: ActiveAlert, { gatherMs, nowMs }: PlanInput): boolean {
  return Math.abs(nowMs - alert.createdAtMs) >= gatherMs;
}

function isLate({ alert }: ActiveAlert, { gatherMs, nowMs }: PlanInput): boolean {
  return Math.abs(nowMs - alert.createdAtMs) >= gatherMs + LATE_MS;
}

/** Services of which the channel has told something new within the cool-down. */
interface Cooling {
  has(alert: Alert): boolean;
  add(alert: Alert): void;
}

function createCooling({ channel, openedAtMs, nowMs }: PlanInput): Cooling {
  const coolDownMs = channel.cool_down_minutes * MINUTE_MS;
  const cooling = new Set(
    [...openedAtMs].filter(([, atMs]) => nowMs - atMs < coolDownMs).map(([name]) => name),
  );
  return {
    has: ({ service }) => cooling.has(service),
    add({ service }) {
      if (coolDownMs > 0) cooling.add(service);
    },
  };
}

/** A message, and what becomes of what it tells. */
interface Step {
  readonly telling: Telling;
  readonly alerts: readonly Alert[];
}

/** What is over by now has one message, which says both. */
function opened(one: ActiveAlert, nowMs: number): Step {
  const alert = { ...toldNow(one, nowMs), openedAtMs: nowMs };
  if (!isOver(one, nowMs)) return step(one, "opened", "", { ...alert, state: "open" });
  return one.alert.told === undefined
    ? step(one, "past", "it was not told when it began", { ...alert, state: "over" })
    : step(one, "over", "it had gone on", { ...alert, state: "over" });
}

function over(one: ActiveAlert, nowMs: number): Step {
  return step(one, "over", "", { ...toldNow(one, nowMs), state: "over" });
}

function updated(one: ActiveAlert, { channel, nowMs }: PlanInput): Step | undefined {
  const { alert, incident } = one;
  if (isExpected(one)) return undefined;
  const coolDownMs = channel.cool_down_minutes * MINUTE_MS;
  const isCool = nowMs - (alert.told?.atMs ?? nowMs) >= coolDownMs;
  // The last message is for its end.
  const reason = growth(alert, incident, isCool && alert.messages < MESSAGES_MAX - 1);
  return reason === undefined ? undefined : step(one, "updated", reason, toldNow(one, nowMs));
}

/**
 * What has grown since an incident was told so that it is worth a message: its severity at once, its templates and its size not
 * before the cool-down.
 */
function growth({ told }: Alert, incident: Incident, isCool: boolean): string | undefined {
  if (told === undefined) return undefined;
  if (severityClass(incident.severityNumber) > severityClass(told.severityNumber))
    return "its severity has risen";
  if (!isCool) return undefined;
  const known = new Set(told.templateIds);
  const fresh = incident.templates.filter(({ templateId }) => !known.has(templateId)).length;
  if (fresh > 0) return fresh === 1 ? "one more kind of message" : `${fresh} more kinds of messages`;
  if (incident.anomalies >= GROWTH * told.anomalies)
    return `${incident.anomalies} anomalies, ${told.anomalies} before`;
  return undefined;
}

/** What was held back: several in one message, one by itself. */
function gathered(held: readonly ActiveAlert[], nowMs: number): Step | undefined {
  const [first, ...others] = held;
  if (first === undefined) return undefined;
  if (others.length === 0) return opened(first, nowMs);
  const listed = held.map((one) => ({ incident: one.incident, isOver: isOver(one, nowMs) }));
  return {
    telling: {
      key: `${first.incident.id}-summary-${first.alert.messages + 1}`,
      phase: "summary",
      reason: "",
      listed,
    },
    alerts: held.map((one): Alert => ({ ...toldNow(one, nowMs), state: "gathered", openedAtMs: nowMs })),
  };
}

function step({ incident }: ActiveAlert, phase: Telling["phase"], reason: string, alert: Alert): Step {
  const key = `${incident.id}-${alert.messages}`;
  return {
    telling: { key, phase, reason, listed: [{ incident, isOver: phase === "over" || phase === "past" }] },
    alerts: [alert],
  };
}

function toldNow({ alert, incident }: ActiveAlert, nowMs: number): Alert {
  const { anomalies, severityNumber, templates } = incident;
  const told = {
    atMs: nowMs,
    anomalies,
    severityNumber,
    templateIds: templates.map((one) => one.templateId),
  };
  return { ...alert, told, messages: alert.messages + 1 };
}

function split<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
