import type { SequenceWindow } from "../window/sequence-window.ts";

/** A model's own surprise at the fresh events of windows that wait for their acknowledgement; it goes with the window. */
export interface WaitingSurprises {
  /** @param model the weights that were surprised; a window that other weights scored before is scored anew */
  note(window: SequenceWindow, model: string, event: number, surprise: number): void;
  /** By event; undefined when these weights did not score the window. */
  of(window: SequenceWindow, model: string): ReadonlyMap<number, number> | undefined;
}

export function createWaitingSurprises(): WaitingSurprises {
  const scored = new WeakMap<
    SequenceWindow,
    { readonly model: string; readonly byEvent: Map<number, number> }
  >();
  const of = (window: SequenceWindow, model: string) => {
    const known = scored.get(window);
    return known?.model === model ? known.byEvent : undefined;
  };
  return {
    of,
    note(window, model, event, surprise) {
      const byEvent = of(window, model) ?? new Map<number, number>();
      scored.set(window, { model, byEvent: byEvent.set(event, surprise) });
    },
  };
}
