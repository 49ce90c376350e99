import type { StoredAnomaly } from "./anomaly.ts";
import type { IncidentFeedback } from "./feedback.ts";
import type { Incident } from "./incident.ts";

/** What a channel has said of an incident last. */
export interface Told {
  readonly atMs: number;
  readonly anomalies: number;
  readonly severityNumber: number;
  readonly templateIds: readonly string[];
}

/**
 * What became of an incident in a channel. waiting: not told yet; open: told, and not over; over: told to its end; gathered: told
 * with others in one message; dropped: over, and not told, since people called it expected. What changes then may wait again.
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
}

/** An alert that may still have something to tell, with what it would tell of. */
export interface ActiveAlert {
  readonly alert: Alert;
  readonly incident: Incident;
  readonly feedback: readonly IncidentFeedback[];
}

/** waiting: still to be sent; the others are kept for a while to be seen. */
export type MessageState = "waiting" | "sent" | "refused" | "expired";

/** A message to a channel that is to be stored. */
export interface NewMessage {
  /** What a receiver knows it again by: of one channel no two messages have the same. */
  readonly key: string;
  /** incident and summary count against a channel's limit, the others do not. */
  readonly kind: "incident" | "summary" | "event" | "health" | "test";
  /** What to tell, as JSON; the store does not look into it. */
  readonly notice: string;
}

/** A stored message. */
export interface OutboxMessage extends NewMessage {
  readonly channel: string;
  readonly createdAtMs: number;
  readonly attempts: number;
  readonly dueAtMs: number;
}

/** How a try to send ended. */
export interface SendResult {
  readonly channel: string;
  readonly key: string;
  readonly state: MessageState;
  /** When it is tried again, where it waits. */
  readonly dueAtMs: number;
  readonly atMs: number;
  readonly error: string | undefined;
}

/** What a channel has to look at next. */
export interface AlertChanges {
  /** Incidents begun or added to since the channel last looked, of those that began since the channel is there. */
  readonly incidents: readonly Incident[];
  /** Anomalies since then that no record carries: ends of sessions, and silences. */
  readonly withoutRecord: readonly StoredAnomaly[];
  /** How far the channel has looked when it has seen these; undefined when there is nothing new. */
  readonly revision: number | undefined;
}

/** What bounds a channel's next messages. */
export interface ChannelLoad {
  /** Messages that wait to be sent. */
  readonly waiting: number;
  /** Messages of the last hour that count against its limit. */
  readonly lastHour: number;
  /** When the channel last told of a new incident, by service; within a day. */
  readonly openedAtMs: ReadonlyMap<string, number>;
}

/** What a channel tells next; stored in one step. */
export interface AlertPlan {
  readonly channel: string;
  /** Who holds the lease; where it is another one by now nothing is stored. */
  readonly holder: string;
  readonly atMs: number;
  /** How far the channel has looked; undefined: as far as before. */
  readonly revision: number | undefined;
  readonly alerts: readonly Alert[];
  readonly messages: readonly NewMessage[];
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
  readonly atMs: number;
  readonly untilMs: number;
  /** A lease that ends later than this is one that a clock since set back has left. */
  readonly untilMsMax: number;
}

/** Part of the store: what was told to whom, and what is still to be sent. */
export interface AlertStore {
  /** These are the channels: others are forgotten with what they had to tell, new ones tell of what begins from now on. */
  syncAlertChannels(names: readonly string[]): Promise<void>;
  /** Takes or prolongs the lease; false while another one has it. */
  takeAlertLease(lease: Lease): Promise<boolean>;
  releaseAlertLease(holder: string): Promise<void>;
  /** No more than `limit` incidents, unless one batch has changed more, and so many of their ends and silences. */
  alertChanges(channel: string, limit: number, withoutRecordMax: number): Promise<AlertChanges>;
  alertsOf(channel: string, incidentIds: readonly string[]): Promise<readonly Alert[]>;
  /** Waiting and open ones, the longest waiting first. */
  activeAlerts(channel: string, limit: number): Promise<readonly ActiveAlert[]>;
  channelLoad(channel: string, nowMs: number): Promise<ChannelLoad>;
  /** False, with nothing stored, where the lease is lost or the channel is gone. */
  saveAlertPlan(plan: AlertPlan): Promise<boolean>;
  /** The oldest message that waits; undefined for none. */
  nextMessage(channel: string): Promise<OutboxMessage | undefined>;
  saveSendResult(result: SendResult): Promise<void>;
  /** False where there is no such channel. */
  addTestMessage(channel: string, message: NewMessage, atMs: number): Promise<boolean>;
  channelStatuses(): Promise<readonly ChannelStatus[]>;
}
