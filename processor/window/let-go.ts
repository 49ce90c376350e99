import type { SequenceWindow } from "./sequence-window.ts";

const NONE: readonly string[] = [];

/**
 * Lets go of the raw parameters of fresh events that have been learned from: what comes after them is shown their templates, and a
 * stream holds its events for long.
 */
export function letGoOfParameters({ events, freshFrom }: SequenceWindow): void {
  for (let at = freshFrom; at < events.length; at += 1) {
    const match = events[at]?.match;
    if (match === undefined) continue;
    match.parameters = NONE;
    match.values = undefined;
  }
}
