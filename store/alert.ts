import type { StoredAnomaly } from "./anomaly.ts";
import type { IncidentFeedback } from "./feedback.ts";
import type { Incident } from "./incident.ts";

/** What a channel has said of an incident last. */
export interface Told {
  readonly atMs: number;
  readonly anomalies: number;
  readonly severityNumber: number;
  readonly templateIds: readonly string[];
  /** Since when there is more to tell than that, by the clock of who tells; undefined: there is not. */
  readonly outgrownAtMs?: number | undefined;
  /** Since when what was silent has come again, by the same clock; undefined: nobody has seen that. */
  readonly endedAtMs?: number | undefined;
}

/**
 * What became of an incident in a channel. waiting: not told yet; open: told, and not over; over: told to its end; gathered: told
 * with others in one message; dropped: over, and not told, since people called it expected or since its incident is no longer stored.
 * What changes then may wait again.
 */
export type AlertState = "waiting" | "open" | "over" | "gathered" | "dropped";

/** An incident as one channel tells it. */
export interface Alert {
  readonly incidentId: string;
  readonly channel: string;
  readonly service: string;
  readonly state: AlertState;
  /** Since when it waits, and when anomalies were last added to the incident, by the clock of who tells. */
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** That it could not be told when it was due. */
  readonly isHeldBack: boolean;
  readonly openedAtMs: number | undefined;
  readonly told: Told | undefined;
  /** Messages about it. */
  readonly messages: number;
  /** Key of the last of them: nothing else is told of it before that one is sent. */
  readonly messageKey: string | undefined;
}

/** Alerts that may still have something to tell, the longest waiting first; none of which a message waits to be sent. */
export interface ActiveAlerts {
  readonly active: readonly ActiveAlert[];
  /** Those whose incident is no longer stored: they can no longer be told. */
  readonly lost: readonly Alert[];
}

/** An alert that may still have something to tell, with what it would tell of. */
export interface ActiveAlert {
  readonly alert: Alert;
  readonly incident: Incident;
  readonly feedback: readonly IncidentFeedback[];
  /** Where its strongest anomaly is a silence: of that and of all others in it. */
  readonly silence: Silence | undefined;
}

/** Whether a silence lasts, or what fell silent has come again. */
export type Silence = "lasts" | "ended";

/** waiting: still to be sent; the others are kept for a while to be seen. */
export type MessageState = "waiting" | "sent" | "refused" | "expired";

/**
 * incident and summary count against a channel's limit and keep its quiet hours, health has a limit of its own and keeps them too, test
 * and event do neither.
 */
export type MessageKind = "incident" | "summary" | "event" | "health" | "test";

/** A message to a channel that is to be stored. */
export interface NewMessage {
  /** What a receiver knows it again by: of one channel no two messages have the same. */
  readonly key: string;
  readonly kind: MessageKind;
  /** What to tell, as JSON; the store does not look into it. */
  readonly notice: string;
}

/** A stored message. */
export interface OutboxMessage extends NewMessage {
  readonly channel: string;
  readonly createdAtMs: number;
  readonly attempts: number;
  /** When it was first tried in vain. */
  readonly failedAtMs: number | undefined;
  readonly dueAtMs: number;
}

/** Which messages may be sent now. */
export interface DueQuery {
  readonly kinds: readonly MessageKind[];
  readonly nowMs: number;
  /** What is due later than this was stored by a clock that was set back since: it is due. */
  readonly dueAtMsMax: number;
  readonly limit: number;
}

/** How a try to send ended. */
export interface SendResult {
  readonly channel: string;
  readonly key: string;
  readonly state: MessageState;
  /** When it is tried again, where it waits. */
  readonly dueAtMs: number;
  /** Until when nothing else is sent either; undefined: as before. */
  readonly pausedUntilMs: number | undefined;
  readonly atMs: number;
  readonly error: string | undefined;
}

/** What a channel has to look at next. */
export interface AlertChanges {
  /** Incidents begun or added to since the channel last looked, of those that began since the channel is there. */
  readonly incidents: readonly Incident[];
  /** How far the channel has looked when it has seen these; undefined when there is nothing new. */
  readonly revision: number | undefined;
}

/** Anomalies that no record carries: ends of sessions, and silences. */
export interface AlertEvents {
  readonly anomalies: readonly StoredAnomaly[];
  /** How far the channel has looked when it has seen these; undefined when there is nothing new. */
  readonly revision: number | undefined;
}

/** Whether a channel has something to do. */
export interface ChannelWork {
  readonly name: string;
  /** That there are incidents or events that it has not looked at. */
  readonly hasChanges: boolean;
  /** That alerts wait or are open. */
  readonly isActive: boolean;
  /** When the first of its waiting messages is due, and the receiver no longer left alone; undefined for none. */
  readonly dueAtMs: number | undefined;
  /** Of the last message about the detector. */
  readonly healthKey: string | undefined;
}

/** What bounds a channel's next messages. */
export interface ChannelLoad {
  /** Messages that wait to be sent: those that count against the limit, and events. */
  readonly waiting: number;
  readonly waitingEvents: number;
  /** Waiting messages, of any kind, that were tried in vain, and the receiver has taken no other one since. */
  readonly failing: number;
  /** Of those that count against the limit, the ones that were tried in vain though the receiver has taken another one since. */
  readonly troubled: number;
  /** Those among them that may be tried again now. */
  readonly troubledDue: number;
  /** When the receiver took one last. */
  readonly lastSentAtMs: number | undefined;
  /** Messages sent in the last hour that count against the limit. */
  readonly lastHour: number;
  /** Messages about the detector sent in the last hour. */
  readonly healthLastHour: number;
  /** The receiver is left alone until then. */
  readonly pausedUntilMs: number;
}

/** What a channel tells next; stored in one step. */
export interface AlertPlan {
  readonly channel: string;
  /** Who holds the lease; where it is another one by now nothing is stored. */
  readonly holder: string;
  readonly atMs: number;
  /** How far the channel has looked at incidents, and at events; undefined: as far as before. */
  readonly revision: number | undefined;
  readonly eventsRevision: number | undefined;
  readonly alerts: readonly Alert[];
  readonly messages: readonly NewMessage[];
}

/** What a channel tells of the detector next. */
export interface HealthPlan {
  readonly channel: string;
  /** Who holds the lease. */
  readonly holder: string;
  readonly atMs: number;
  readonly message: NewMessage;
}

/** A channel as people see it. */
export interface ChannelStatus {
  readonly name: string;
  readonly lastSentAtMs: number | undefined;
  /** Since when nothing gets through. */
  readonly failingSinceMs: number | undefined;
  readonly lastError: string | undefined;
  /** Messages that wait to be sent, incidents that wait to be told, and messages that the receiver refused or that came too late. */
  readonly waiting: number;
  readonly heldBack: number;
  readonly putAside: number;
}

/** A claim to be the one process that tells. */
export interface Lease {
  readonly holder: string;
  /** Whoever has not prolonged the lease since this revision of it is gone; undefined: nobody is known to be. */
  readonly deadRevision: number | undefined;
}

/** taken: it was another one's before; prolonged: nobody else had it since; refused: another one has it, in this revision. */
export type LeaseAnswer =
  | { readonly kind: "taken" | "prolonged" }
  | { readonly kind: "refused"; readonly revision: number };

/** Part of the store: what was told to whom, and what is still to be sent. */
export interface AlertStore {
  /**
   * These are the channels of who holds the lease: others are forgotten with what they had to tell, new ones tell of what begins from
   * now on. False, with nothing changed, where the lease is lost.
   */
  syncAlertChannels(holder: string, names: readonly string[]): Promise<boolean>;
  takeAlertLease(lease: Lease): Promise<LeaseAnswer>;
  releaseAlertLease(holder: string): Promise<void>;
  /** What there is to do in all channels; cheap enough to be asked again and again. */
  alertWork(): Promise<readonly ChannelWork[]>;
  /** No more than `limit` incidents, unless one batch has changed more. */
  alertChanges(channel: string, limit: number): Promise<AlertChanges>;
  /** About `limit` events; what one batch has more of is in its incidents alone. */
  alertEvents(channel: string, limit: number): Promise<AlertEvents>;
  alertsOf(channel: string, incidentIds: readonly string[]): Promise<readonly Alert[]>;
  activeAlerts(channel: string, limit: number): Promise<ActiveAlerts>;
  channelLoad(channel: string, nowMs: number): Promise<ChannelLoad>;
  /** When the channel last told of a new incident, by service; within a day. */
  openedServices(channel: string, nowMs: number): Promise<ReadonlyMap<string, number>>;
  /** False, with nothing stored, where the lease is lost or the channel is gone. */
  saveAlertPlan(plan: AlertPlan): Promise<boolean>;
  /**
   * The message takes the place of one about the detector that waits and was never tried. False, with nothing stored, where one waits that
   * was tried, since the receiver is to have that first; where the lease is lost; or the channel is gone.
   */
  saveHealthMessage(plan: HealthPlan): Promise<boolean>;
  /**
   * Messages that may be sent now: those about incidents first, then those that were tried least often, then the oldest, so that
   * nothing waits behind what the receiver does not take.
   */
  dueMessages(channel: string, query: DueQuery): Promise<readonly OutboxMessage[]>;
  saveSendResult(result: SendResult): Promise<void>;
  /** False where there is no such channel. */
  addTestMessage(channel: string, message: NewMessage, atMs: number): Promise<boolean>;
  channelStatuses(): Promise<readonly ChannelStatus[]>;
}
