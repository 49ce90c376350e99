import type { LogEvent } from "./sequence-window.ts";

/** What makes one kind of window different from the others. */
export interface WindowRule {
  /** The events of `recent` (oldest first) that still belong beside an event of `timeMs`. */
  context(recent: readonly LogEvent[], timeMs: number): readonly LogEvent[];
  /** Whether a fresh event must be judged in a later window than the window's first fresh event. */
  isApart(firstFresh: LogEvent, event: LogEvent): boolean;
  /** Whether such a silence ends what came before. */
  ends(gapMs: number): boolean;
  /** Whether streams have a beginning and an end that can be judged. */
  readonly hasEnds: boolean;
}
