import type { ActiveAlert, Alert } from "../../store/alert.ts";
import { type Incident, RELATED_GAP_MS } from "../../store/incident.ts";
import { isGathered, isHeldBack, isOver, overAtMs } from "./alert-times.ts";
import type { Channel } from "./config.ts";
import { growthSince, isWorse } from "./growth.ts";
import { endOf, heldBack, opened, type Part, type Step, single, type Telling, together } from "./tellings.ts";

const MINUTE_MS = 60_000;
/** Messages about one incident, the first and the last included, but for those that its severity has risen. */
const MESSAGES_MAX = 7;
/** People are told of an end with others that follow it so closely: services that one outage has hit end in one message. */
const ENDS_GATHER_MS = MINUTE_MS;

/** What a channel's next messages follow from. */
export interface PlanInput {
  readonly channel: Pick<Channel, "cool_down_minutes">;
  /** What waits is told together: a program wants each by itself where there is room, as a pager that closes what it has opened. */
  readonly isForPeople: boolean;
  readonly gatherMs: number;
  readonly active: readonly ActiveAlert[];
  /** When the channel last told of a new incident, by service. */
  readonly openedAtMs: ReadonlyMap<string, number>;
  /** How many messages there may be now. */
  readonly room: number;
  readonly nowMs: number;
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
 * lost by deciding again: first what is new, then what is over and what has grown. What waits longer than all that is new goes
 * before it: else, where more begins than may be told, no end and no growth ever would be.
 */
export function planChannel(input: PlanInput): Planned {
  const { active, gatherMs, room, nowMs } = input;
  const teller = createTeller(room);
  const [open, waiting] = split(active, ({ alert }) => alert.state === "open");
  const [ended, ongoing] = split(open, (one) => isOver(one, nowMs));
  const cooling = createCooling(input);
  const isRipe = (one: ActiveAlert) => isGathered(one, gatherMs, nowMs);
  // What has got worse meanwhile goes with the first of its like.
  const mayRise = waiting.some((one) => isRisen(one) && isRipe(one));
  const [gathered, gathering] = split(waiting, (one) => isRipe(one) || (mayRise && isRisen(one)));
  const news = gathered.filter((one) => !isExpected(one));
  const tellable = news.filter((one) => mayBeTold(one, cooling));
  const firstNewAtMs = earliest(tellable.map(({ alert }) => alert.createdAtMs + gatherMs));
  const known = [...ends(ended, input), ...updates(ongoing, input)].sort((a, b) => a.sinceMs - b.sinceMs);
  const [first, later] = split(known, ({ sinceMs }) => sinceMs < firstNewAtMs);
  dropExpected(waiting, input, teller);
  for (const one of first) teller.tell(one.step);
  tellNew(news, cooling, input, teller);
  for (const one of later) teller.tell(one.step);
  noteEnds(ended, input, teller);
  const nextAtMs = earliest(gathering.map(({ alert }) => alert.createdAtMs + gatherMs));
  return { tellings: teller.tellings, alerts: teller.alerts, nextAtMs };
}

/**
 * An alert whose incident has changed. What was over goes on, as when a host's clock is behind or its logs come late: it waits to be
 * told anew while there may be messages about it, and always when it is worse than what was told. Undefined where nothing follows.
 */
export function noted(alert: Alert, incident: Incident, nowMs: number): Alert | undefined {
  const { state, told, messages } = alert;
  if (state === "waiting") return { ...alert, changedAtMs: nowMs };
  if (state === "open") return { ...alert, changedAtMs: nowMs, told: outgrown(told, incident, nowMs) };
  const mayGoOn = state !== "gathered" && messages < MESSAGES_MAX - 1;
  if (!mayGoOn && !(told !== undefined && isWorse(told, incident))) return undefined;
  return { ...alert, state: "waiting", createdAtMs: nowMs, changedAtMs: nowMs, isHeldBack: false };
}

/** Since when there is more to tell: by that it has its turn among what waits. */
function outgrown(told: Alert["told"], incident: Incident, nowMs: number): Alert["told"] {
  if (told === undefined || told.outgrownAtMs !== undefined) return told;
  return growthSince(told, incident) === undefined ? told : { ...told, outgrownAtMs: nowMs };
}

interface Teller {
  /** How many messages there may still be. */
  readonly room: number;
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
  const room = () => messagesMax - tellings.length;
  return {
    get room() {
      return room();
    },
    tellings,
    alerts,
    tell(step) {
      if (step === undefined || room() <= 0) return false;
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

/**
 * What was held back and what has got worse comes first, together, or each by itself to a program; what cannot be told now is held
 * back.
 */
function tellNew(news: readonly ActiveAlert[], cooling: Cooling, input: PlanInput, teller: Teller): void {
  const { channel, isForPeople, gatherMs, nowMs } = input;
  const [held, fresh] = split(news, (one) => isRisen(one) || isHeldBack(one, gatherMs, nowMs));
  const ready = held.filter((one) => mayBeTold(one, cooling));
  const isEach = !isForPeople && channel.cool_down_minutes === 0 && ready.length <= teller.room;
  if (!isEach && teller.tell(heldBack(ready, nowMs))) for (const { alert } of ready) cooling.add(alert);
  for (const one of isEach ? [...ready, ...fresh] : fresh) {
    if (mayBeTold(one, cooling) && teller.tell(opened(one, nowMs))) cooling.add(one.alert);
    else teller.change({ ...one.alert, isHeldBack: true });
  }
}

/** Whether people called an incident expected: the last word on each of its templates. What comes to it that nobody spoke of is not. */
function isExpected({ incident, feedback }: Omit<ActiveAlert, "alert">): boolean {
  const last = new Map(feedback.map(({ templateId, isTrueAnomaly }) => [templateId, isTrueAnomaly]));
  return incident.templates.every(({ templateId }) => last.get(templateId) === false);
}

/** Whether what waits is no news, but worse than what was told of it: as of what is open, people are told at once. */
function isRisen({ alert: { told }, incident }: ActiveAlert): boolean {
  return told !== undefined && isWorse(told, incident);
}

/** What is worse than people know waits for no cool-down: it may have begun with the very message in which they were told less. */
function mayBeTold(one: ActiveAlert, cooling: Cooling): boolean {
  return isRisen(one) || !cooling.has(one.alert);
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

/** A message that may be told, and since when. */
interface Due {
  readonly sinceMs: number;
  readonly step: Step | undefined;
}

function ends(ended: readonly ActiveAlert[], { isForPeople, nowMs }: PlanInput): readonly Due[] {
  const parts = ended.map((one) => ({ ...endOf(one), sinceMs: overAtMs(one, nowMs) }));
  if (!isForPeople) return eachByItself(parts, "over", nowMs);
  const waitedMs = nowMs - earliest(parts.map(({ sinceMs }) => sinceMs));
  return waitedMs >= 0 && waitedMs < ENDS_GATHER_MS ? [] : inOne(parts, ["over", "ends"], nowMs);
}

/** When what was silent was first seen to have come again: by that the end has its turn, and others that follow it are told with it. */
function noteEnds(ended: readonly ActiveAlert[], { nowMs }: PlanInput, teller: Teller): void {
  const toldIds = new Set(teller.alerts.map(({ incidentId }) => incidentId));
  for (const { alert, silence } of ended) {
    const { told, incidentId } = alert;
    if (silence !== "ended" || told === undefined || told.endedAtMs !== undefined) continue;
    if (!toldIds.has(incidentId)) teller.change({ ...alert, told: { ...told, endedAtMs: nowMs } });
  }
}

function updates(ongoing: readonly ActiveAlert[], input: PlanInput): readonly Due[] {
  const parts = ongoing.flatMap((one) => update(one, input) ?? []);
  return input.isForPeople
    ? inOne(parts, ["updated", "updates"], input.nowMs)
    : eachByItself(parts, "updated", input.nowMs);
}

type DuePart = Part & Pick<Due, "sinceMs">;

/**
 * Its severity at once, its templates and its size not before the cool-down, and while a message is left for its end. Of what is quiet by
 * then its end says more.
 */
function update(one: ActiveAlert, { channel, nowMs }: PlanInput): DuePart | undefined {
  const { changedAtMs, messages, told } = one.alert;
  const growth = told && growthSince(told, one.incident);
  if (growth === undefined || isExpected(one)) return undefined;
  const { reason, isUrgent } = growth;
  const { atMs, outgrownAtMs = atMs } = told ?? { atMs: nowMs };
  const part = { one, reason, next: {} };
  if (isUrgent) return { ...part, sinceMs: outgrownAtMs };
  const coolAtMs = atMs + channel.cool_down_minutes * MINUTE_MS;
  const isQuiet = nowMs - changedAtMs > RELATED_GAP_MS;
  if (nowMs < coolAtMs || isQuiet || messages >= MESSAGES_MAX - 1) return undefined;
  return { ...part, sinceMs: Math.max(outgrownAtMs, coolAtMs) };
}

function eachByItself(parts: readonly DuePart[], phase: "over" | "updated", nowMs: number): readonly Due[] {
  return parts.map((part) => ({ sinceMs: part.sinceMs, step: single(part, phase, nowMs) }));
}

function inOne(
  parts: readonly DuePart[],
  [phaseOfOne, phase]: readonly ["over", "ends"] | readonly ["updated", "updates"],
  nowMs: number,
): readonly Due[] {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const sinceMs = earliest(parts.map((part) => part.sinceMs));
  const step = others.length === 0 ? single(first, phaseOfOne, nowMs) : together(parts, phase, nowMs);
  return [{ sinceMs, step }];
}

/** Infinity for none. */
function earliest(timesMs: readonly number[]): number {
  return timesMs.reduce((first, one) => Math.min(first, one), Number.POSITIVE_INFINITY);
}

function split<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
