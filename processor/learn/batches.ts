import type { ServiceCorpus } from "./corpus.ts";
import { drawWindow } from "./draw-window.ts";
import type { KeyedRandom } from "./keyed-random.ts";
import { createRowBlock, maskPosition, type RowBlock, writeRow } from "./row-block.ts";
import { drawEnd, type Units } from "./units.ts";

/** Sizes of one training step: the graph has them built in. */
export interface BatchShape {
  readonly rows: number;
  readonly positions: number;
  readonly candidates: number;
  readonly masked: number;
  readonly features: number;
}

/** Windows of one service with masked positions; `at`, `targets` and `weights` of [masked]. */
export interface Batch {
  readonly rows: RowBlock;
  /** The templates to choose between, by their index within the service; at most the shape's candidates. */
  readonly candidates: Uint16Array;
  /** row * positions + position. */
  readonly at: BigInt64Array;
  /** The candidate that stood there; the shape's number of candidates is the end of the session. */
  readonly targets: BigInt64Array;
  /** 1, or 0 for places that are not used. */
  readonly weights: Float32Array;
  /** Event positions of the batch. */
  readonly events: number;
}

/** The windows of some units of one service. Where the service has more templates than the shape candidates, those of the
 * windows and others by chance; a window that brings more than fit is left out. */
export function createBatch(
  service: Pick<ServiceCorpus, "train" | "templates">,
  units: Units,
  chosen: Uint32Array,
  shape: BatchShape,
  random: KeyedRandom,
): Batch {
  const drawn = [...chosen].flatMap((unit, row) => {
    const sequence = service.train[units.sequences[unit] ?? 0];
    if (sequence === undefined) return [];
    const end = drawEnd(sequence, units.ends[unit] ?? 1, random.below);
    return [{ row, ...drawWindow(sequence, end, random) }];
  });
  const { candidates, indexOf } = chooseCandidates(
    service.templates.length,
    shape.candidates,
    drawn.map(({ window: { sequence, events } }) => events.map((event) => sequence.templates[event] ?? 0)),
    random,
  );
  const rows = createRowBlock(shape.rows, shape.positions, shape.features);
  const at = new BigInt64Array(shape.masked);
  const targets = new BigInt64Array(shape.masked);
  const weights = new Float32Array(shape.masked);
  let used = 0;
  let events = 0;
  for (const { row, window, masked } of drawn) {
    const isComplete = window.events.every((event) => indexOf(window.sequence.templates[event] ?? 0) >= 0);
    if (!isComplete) continue;
    writeRow(rows, row, window, indexOf);
    events += window.events.length;
    // Each later row keeps a place for one masked position.
    const places = shape.masked - used - (shape.rows - row - 1);
    for (const position of masked.slice(-places)) {
      at[used] = BigInt(row * shape.positions + position);
      targets[used] = maskPosition(rows, row, position, shape.candidates);
      weights[used] = 1;
      used += 1;
    }
  }
  return { rows, candidates, at, targets, weights, events };
}

function chooseCandidates(
  templates: number,
  candidatesMax: number,
  windows: readonly (readonly number[])[],
  random: KeyedRandom,
): { readonly candidates: Uint16Array; readonly indexOf: (template: number) => number } {
  if (templates <= candidatesMax)
    return {
      candidates: Uint16Array.from({ length: templates }, (_, i) => i),
      indexOf: (template) => template,
    };
  const indexes = new Map<number, number>();
  for (const window of windows) {
    const fresh = new Set(window.filter((template) => !indexes.has(template)));
    if (indexes.size + fresh.size > candidatesMax) continue;
    for (const template of fresh) indexes.set(template, indexes.size);
  }
  while (indexes.size < candidatesMax) {
    const template = random.below(templates);
    if (!indexes.has(template)) indexes.set(template, indexes.size);
  }
  return { candidates: Uint16Array.from(indexes.keys()), indexOf: (template) => indexes.get(template) ?? -1 };
}
