import { POSITION_KIND } from "../detect/event-scorer.ts";
import type { Sequence } from "./corpus.ts";

/** Rows of the event model, one after the other; arrays of [rows, positions], `parameters` of [rows, positions, features]. */
export interface RowBlock {
  readonly rows: number;
  readonly positions: number;
  readonly features: number;
  readonly ids: BigInt64Array;
  readonly kinds: BigInt64Array;
  readonly severities: BigInt64Array;
  readonly gaps: Float32Array;
  readonly parameters: Float32Array;
}

/** Events of a sequence as a row shows them. */
export interface RowWindow {
  readonly sequence: Sequence;
  /** Indexes in the sequence. */
  readonly events: readonly number[];
  /** Whether the begin of the session stands before them, its end behind them. */
  readonly begins: boolean;
  readonly ends: boolean;
  readonly showsSeverity: boolean;
  readonly showsGaps: boolean;
}

/** Gaps are told apart in steps of half a unit of ln(1 + seconds), as where records are scored. */
const GAP_STEP = 0.5;

/** Rows of padding. */
export function createRowBlock(rows: number, positions: number, features: number): RowBlock {
  const cells = rows * positions;
  return {
    rows,
    positions,
    features,
    ids: new BigInt64Array(cells),
    kinds: new BigInt64Array(cells).fill(BigInt(POSITION_KIND.padding)),
    severities: new BigInt64Array(cells),
    gaps: new Float32Array(cells),
    parameters: new Float32Array(cells * features),
  };
}

/** Fills a row of padding. @returns how many positions the window takes */
export function writeRow(
  block: RowBlock,
  row: number,
  window: RowWindow,
  candidateOf: (template: number) => number,
): number {
  const { sequence, events } = window;
  const start = row * block.positions;
  let cell = start;
  if (window.begins) {
    block.kinds[cell] = BigInt(POSITION_KIND.begin);
    cell += 1;
  }
  for (const event of events) {
    block.kinds[cell] = BigInt(POSITION_KIND.event);
    block.ids[cell] = BigInt(candidateOf(sequence.templates[event] ?? 0));
    if (window.showsSeverity) block.severities[cell] = BigInt(sequence.severities[event] ?? 0);
    if (window.showsGaps) block.gaps[cell] = Math.round((sequence.gaps[event] ?? 0) / GAP_STEP) * GAP_STEP;
    for (let feature = 0; feature < block.features; feature += 1)
      block.parameters[cell * block.features + feature] =
        sequence.parameters?.[event * block.features + feature] ?? 0;
    cell += 1;
  }
  if (window.ends) {
    block.kinds[cell] = BigInt(POSITION_KIND.end);
    cell += 1;
  }
  return cell - start;
}

/**
 * Hides a position of a row that was written.
 *
 * @param candidates stands for the end of the session
 * @returns what stood there, as a candidate
 */
export function maskPosition(block: RowBlock, row: number, position: number, candidates: number): bigint {
  const cell = row * block.positions + position;
  const target =
    block.kinds[cell] === BigInt(POSITION_KIND.end) ? BigInt(candidates) : (block.ids[cell] ?? 0n);
  block.kinds[cell] = BigInt(POSITION_KIND.mask);
  block.ids[cell] = 0n;
  block.severities[cell] = 0n;
  block.gaps[cell] = 0;
  block.parameters.fill(0, cell * block.features, (cell + 1) * block.features);
  return target;
}
