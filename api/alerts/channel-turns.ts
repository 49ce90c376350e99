import type { ChannelWork } from "../../store/alert.ts";
import type { OpenChannel } from "./open-channel.ts";
import { noteChanges, type PlanPorts, planMessages } from "./plan-alerts.ts";
import { surviving } from "./repeat.ts";
import { type SendPorts, sendMessages } from "./send-messages.ts";

/** Looks at what has changed in one turn; what there is more of is looked at in the next one. */
const LOOKS_MAX = 10;
/** How often what has not changed is looked at again: time alone may allow it to be told. */
const PACE_MS = 5_000;

/** What turns need. */
export type TurnPorts = PlanPorts & SendPorts;

/** A channel's turns, one after the other: it looks at what has changed, plans what to tell, and sends. */
export interface ChannelTurns {
  /** Begins a turn, where it is time to and none goes on. */
  offer(work: ChannelWork): void;
  /** Resolves when none goes on. */
  ended(): Promise<void>;
}

/** Each channel goes its own way, whatever another one waits for. */
export function createTurns(channel: OpenChannel, ports: TurnPorts): ChannelTurns {
  let last: Turn = { atMs: Number.NEGATIVE_INFINITY, nextAtMs: Number.NEGATIVE_INFINITY };
  let going: Promise<void> | undefined;
  const take = surviving(async (work: ChannelWork, atMs: number) => {
    last = { atMs, nextAtMs: atMs + PACE_MS };
    last = { atMs, nextAtMs: await takeTurn(channel, work, ports) };
  }, ports.onError);
  return {
    offer(work) {
      const nowMs = ports.now();
      if (going !== undefined || !isTime(work, last, nowMs)) return;
      going = take(work, nowMs).then(() => {
        going = undefined;
      });
    },
    async ended() {
      await going;
    },
  };
}

/** When a turn began, and when there is another one though nothing has changed. */
interface Turn {
  readonly atMs: number;
  readonly nextAtMs: number;
}

/** Whether a channel has a turn. One that began later than now is of a clock that was set back since. */
export function isTime({ hasChanges, isActive, dueAtMs }: ChannelWork, last: Turn, nowMs: number): boolean {
  if (hasChanges) return true;
  if (!isActive && dueAtMs === undefined) return false;
  if (nowMs >= last.nextAtMs || nowMs < last.atMs) return true;
  return dueAtMs !== undefined && dueAtMs > last.atMs && dueAtMs <= nowMs;
}

/** @returns when there is another turn though nothing has changed */
async function takeTurn(channel: OpenChannel, work: ChannelWork, ports: TurnPorts): Promise<number> {
  const nowMs = ports.now();
  let nextAtMs = nowMs + PACE_MS;
  let hasSent = false;
  try {
    nextAtMs = Math.min(nextAtMs, await plan(channel, work, ports));
  } finally {
    // What waits is sent also where nothing can be planned.
    hasSent = await sendMessages(channel, ports);
  }
  return hasSent ? nowMs : nextAtMs;
}

async function plan(channel: OpenChannel, work: ChannelWork, ports: TurnPorts): Promise<number> {
  if (work.hasChanges) await note(channel, ports);
  return work.hasChanges || work.isActive ? planMessages(channel.settings, ports) : Number.POSITIVE_INFINITY;
}

async function note({ settings }: OpenChannel, ports: PlanPorts): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) if (!(await noteChanges(settings, ports))) return;
}
