import type { LogEvent, Session } from "./sequence-window.ts";

/** Templates counted in one session, so that an endless stream stays small. */
const TEMPLATES_MAX = 512;

/** A session that goes on. */
export interface SessionTally extends Session {
  add(events: readonly LogEvent[]): void;
}

/** A session that has not begun. */
export function createSessionTally(): SessionTally {
  const counts = new Map<string, { template: string; count: number }>();
  let events = 0;
  let startedMs = 0;
  return {
    get events() {
      return events;
    },
    get startedMs() {
      return startedMs;
    },
    counts,
    add(added) {
      if (events === 0) startedMs = added[0]?.timeMs ?? 0;
      events += added.length;
      for (const { match } of added) {
        const known = counts.get(match.templateId);
        if (known !== undefined) known.count += 1;
        else if (counts.size < TEMPLATES_MAX)
          counts.set(match.templateId, { template: match.template, count: 1 });
      }
    },
  };
}
