import type { SequenceWindow } from "../window/sequence-window.ts";

/** A model's own surprise at the fresh events of windows that wait for their acknowledgement; it goes with the window. */
export interface WaitingSurprises {
  /** @param model the weights that were surprised; a window that other weights scored before is scored anew */
  note(window: SequenceWindow, model: string, event: number, surprise: number): void;
  /** By place among the window's fresh events, and behind them of its end; undefined where these weights did not score it. */
  of(window: SequenceWindow, model: string): readonly (number | undefined)[];
}

const NONE: readonly undefined[] = [];

export function createWaitingSurprises(): WaitingSurprises {
  const scored = new WeakMap<
    SequenceWindow,
    { readonly model: string; readonly surprises: (number | undefined)[] }
  >();
  return {
    of(window, model) {
      const known = scored.get(window);
      return known?.model === model ? known.surprises : NONE;
    },
    note(window, model, event, surprise) {
      const known = scored.get(window);
      const place = event - window.freshFrom;
      if (known?.model === model) known.surprises[place] = surprise;
      else {
        const surprises = new Array<number | undefined>(window.events.length - window.freshFrom + 1);
        surprises[place] = surprise;
        scored.set(window, { model, surprises });
      }
    },
  };
}
