import type { LogEvent } from "../window/sequence-window.ts";

/** Notes a model's own surprise at an event, which waits there until it is learned. @param model the weights that were asked */
export function noteSurprise(event: LogEvent, surprise: number, model: string): void {
  event.surprise = surprise;
  event.surprisedBy = model;
}

/** What these weights said of the event; undefined where they were not asked, or gave no answer. */
export function notedSurprise({ surprise, surprisedBy }: LogEvent, model: string): number | undefined {
  return surprisedBy === model ? surprise : undefined;
}
