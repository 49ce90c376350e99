import type { Sequence } from "./corpus.ts";
import type { KeyedRandom } from "./keyed-random.ts";
import type { RowWindow } from "./row-block.ts";

/** Longest windows, in events; see event_model.py. */
export const EVENTS_MAX = 20;

/** A session's begin is left out of some windows that hold it: a stage that was just started has not seen it. */
const BEGIN_SHOWN = 0.9;
/** LogRobust's kind of noise (Zhang et al., FSE 2019): a window with a lost, doubled or swapped event. */
const DISTURBED = 0.1;
/** Many senders set neither severity nor time. */
const SEVERITY_SHOWN = 0.5;
const GAPS_SHOWN = 0.6;
/** Half of the windows ask what scoring asks: the last position from those before it. */
const LAST_ALONE = 0.5;
const MASKED = { min: 0.15, max: 0.3 };

/** A window to learn from, and which of its positions are to be guessed. */
export interface DrawnWindow {
  readonly window: RowWindow;
  /** Ascending; never a position that the disturbance has made wrong. */
  readonly masked: readonly number[];
}

/**
 * The window that ends with the sequence's event number `end`, counted from 1; `end` = events + 1 is the end of the session.
 * It shows all that is known, as where records are scored.
 */
export function windowAt(sequence: Sequence, end: number): RowWindow {
  const last = Math.min(end, sequence.templates.length);
  const from = Math.max(0, last - EVENTS_MAX);
  return {
    sequence,
    events: Array.from({ length: last - from }, (_, i) => from + i),
    begins: sequence.begins && from === 0,
    ends: end > last,
    showsSeverity: true,
    showsGaps: true,
  };
}

/** A window as {@link windowAt}, with chance in what it shows, and with what is masked. */
export function drawWindow(sequence: Sequence, end: number, random: KeyedRandom): DrawnWindow {
  const whole = windowAt(sequence, end);
  const begins = whole.begins && random.chance(BEGIN_SHOWN);
  const { events, wrong } = disturbed(whole.events, random);
  const window = {
    ...whole,
    events,
    begins,
    showsSeverity: random.chance(SEVERITY_SHOWN),
    showsGaps: random.chance(GAPS_SHOWN),
  };
  const first = begins ? 1 : 0;
  const last = first + events.length - 1 + (window.ends ? 1 : 0);
  if (random.chance(LAST_ALONE)) return { window, masked: [last] };
  const share = MASKED.min + random.next() * (MASKED.max - MASKED.min);
  const masked: number[] = [];
  for (let position = first; position <= last; position += 1)
    if (random.chance(share) && !wrong.includes(position - first)) masked.push(position);
  return { window, masked: masked.length === 0 ? [last] : masked };
}

/** Sometimes one event too few, doubled or swapped with the next; never the last one, which must stay an honest target. */
function disturbed(
  events: readonly number[],
  random: KeyedRandom,
): { readonly events: readonly number[]; readonly wrong: readonly number[] } {
  if (events.length <= 3 || !random.chance(DISTURBED)) return { events, wrong: [] };
  const at = random.below(events.length - 2);
  const [here = 0, next = 0] = events.slice(at, at + 2);
  const before = events.slice(0, at);
  switch (random.below(3)) {
    case 0:
      return { events: [...before, ...events.slice(at + 1)], wrong: [] };
    case 1: {
      const doubled = [...before, here, here, ...events.slice(at + 1)];
      const surplus = Math.max(0, doubled.length - EVENTS_MAX);
      return { events: doubled.slice(surplus), wrong: [at - surplus, at + 1 - surplus] };
    }
    default:
      return { events: [...before, next, here, ...events.slice(at + 2)], wrong: [at, at + 1] };
  }
}
