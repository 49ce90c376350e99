import type { WindowRule } from "./window-rule.ts";

/** The session so far. A silence longer than `idleMs` of event time ends it. */
export function bySession(idleMs: number): WindowRule {
  return {
    context: (recent) => recent,
    isApart: () => false,
    ends: (gapMs) => gapMs > idleMs,
    hasEnds: true,
  };
}
