import type { LogEvent, Session } from "./sequence-window.ts";

/** Templates counted in one session, so that an endless stream stays small. */
const TEMPLATES_MAX = 512;

/** A session that goes on. */
export interface SessionTally extends Session {
  add(events: readonly LogEvent[]): void;
}

/** A session that has not begun, or goes on. */
export function createSessionTally(past?: Pick<Session, "events" | "counts" | "startedMs">): SessionTally {
  const tally = new Tally();
  if (past === undefined) return tally;
  tally.events = past.events;
  tally.startedMs = past.startedMs;
  for (const [id, { template, count }] of past.counts) tally.counts.set(id, { template, count });
  return tally;
}

/** A class, because there is one for each session: with getters of its own in each, V8 would keep none of their shapes. */
class Tally implements SessionTally {
  events = 0;
  startedMs = 0;
  note: unknown = undefined;
  readonly counts = new Map<string, { template: string; count: number }>();

  add(added: readonly LogEvent[]): void {
    if (this.events === 0) this.startedMs = added[0]?.timeMs ?? 0;
    this.events += added.length;
    for (const { match } of added) {
      const known = this.counts.get(match.templateId);
      if (known !== undefined) known.count += 1;
      else if (this.counts.size < TEMPLATES_MAX)
        this.counts.set(match.templateId, { template: match.template, count: 1 });
    }
  }
}
