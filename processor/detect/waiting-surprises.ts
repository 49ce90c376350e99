import type { SequenceWindow } from "../window/sequence-window.ts";

/** By place among a window's fresh events, and behind them of its end; undefined where the model did not score it. */
export type OwnSurprises = (number | undefined)[];

/** A model's own surprise at the fresh events of windows that wait for their acknowledgement; it goes with the window. */
export interface WaitingSurprises {
  /** Where the window's surprises are to be noted. @param model the weights that are asked; what others said of the window is void */
  open(window: SequenceWindow, model: string): OwnSurprises;
  /** What these weights said of the window. */
  of(window: SequenceWindow, model: string): Readonly<OwnSurprises>;
}

const NONE: readonly undefined[] = [];

export function createWaitingSurprises(): WaitingSurprises {
  const scored = new WeakMap<SequenceWindow, { readonly model: string; readonly surprises: OwnSurprises }>();
  return {
    of(window, model) {
      const known = scored.get(window);
      return known?.model === model ? known.surprises : NONE;
    },
    open(window, model) {
      const known = scored.get(window);
      if (known?.model === model) return known.surprises;
      const surprises: OwnSurprises = new Array<number | undefined>(
        window.events.length - window.freshFrom + 1,
      );
      scored.set(window, { model, surprises });
      return surprises;
    },
  };
}
