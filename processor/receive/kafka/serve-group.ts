import type { Assignment, GroupEvents, GroupMember } from "../../kafka/group-member.ts";
import { type Session, type SessionPorts, startSession } from "./session.ts";

/** What being a member needs. */
export interface ServePorts extends Omit<SessionPorts, "member" | "onBroken"> {
  readonly join: (events: Pick<GroupEvents, "onAssigned" | "onLost">) => Promise<GroupMember>;
  /** So many failures of reading in a row, and it is given up. */
  readonly failuresMax: number;
  readonly drainTimeoutMs: number;
  readonly leaveTimeoutMs: number;
}

/**
 * Is a member of the group until that cannot go on, or it is stopped; the latter ends it in peace.
 * @param giveUp aborted by what needs another beginning, such as new certificates or more partitions
 */
export async function serveGroup(
  ports: ServePorts,
  stopping: AbortSignal,
  giveUp: AbortSignal,
): Promise<void> {
  const broken = Promise.withResolvers<never>();
  // Rejected before anybody waits it would end the process.
  broken.promise.catch(() => undefined);
  const ended = Promise.race([aborted(stopping), aborted(giveUp), broken.promise]);
  ended.catch(() => undefined);
  let session: Session | undefined;
  let early: Assignment | undefined;
  const joining = ports.join({
    onAssigned(assignment) {
      if (session === undefined) early = assignment;
      else session.assign(assignment);
    },
    onLost: broken.reject,
  });
  const leave = (member: GroupMember) => atMost(ports.leaveTimeoutMs, member.leave());
  const member = await Promise.race([joining, ended]);
  if (member === undefined) {
    void joining.then(leave, () => undefined);
    return;
  }
  const { failuresMax, drainTimeoutMs, onFailed } = ports;
  session = startSession({
    ...ports,
    member,
    onBroken: broken.reject,
    onFailed(cause, times) {
      onFailed(cause, times);
      if (times >= failuresMax) broken.reject(cause);
    },
  });
  if (early !== undefined) session.assign(early);
  // Also a member without a partition is where it should be.
  ports.onRead();
  try {
    await ended;
    await session.drain(drainTimeoutMs);
  } catch (error) {
    await session.abandon();
    throw error;
  } finally {
    await leave(member);
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Waits for work to end, but not longer than that. Never rejects. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work.catch(() => undefined), late.promise]);
  clearTimeout(timer);
}
