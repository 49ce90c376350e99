import type { SequenceWindow } from "../window/sequence-window.ts";

/** What a batch of windows gives to judge: of each window its fresh events, and behind them its end; numbered through the batch. */
export interface Places {
  readonly windows: readonly SequenceWindow[];
  /** Number of each window's first fresh event. */
  readonly firsts: Int32Array;
  /** How many there are, the ends of windows that are not closed included. */
  readonly count: number;
}

export function placesOf(windows: readonly SequenceWindow[]): Places {
  const firsts = new Int32Array(windows.length);
  let count = 0;
  for (let i = 0; i < windows.length; i += 1) {
    firsts[i] = count;
    const window = windows[i];
    if (window !== undefined) count += window.events.length - window.freshFrom + 1;
  }
  return { windows, firsts, count };
}

/** The number of a window's event; `events.length` stands for its end. */
export function placeOf({ windows, firsts }: Places, window: number, event: number): number {
  return (firsts[window] ?? 0) + event - (windows[window]?.freshFrom ?? 0);
}

/** The window that a place is in, and which of its events it is; undefined behind the last place. */
export function eventAt(
  { windows, firsts }: Places,
  place: number,
): { readonly window: SequenceWindow; readonly event: number } | undefined {
  const behind = firsts.findIndex((first) => first > place);
  const index = (behind < 0 ? firsts.length : behind) - 1;
  const window = windows[index];
  return window && { window, event: place - (firsts[index] ?? 0) + window.freshFrom };
}
