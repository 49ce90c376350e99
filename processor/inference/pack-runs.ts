import { decodedEvent } from "../detect/event-code.ts";
import { type MaskedRow, POSITION_KIND } from "../detect/event-scorer.ts";
import { PARAMETER_FEATURES } from "../detect/parameter-features.ts";

/** Rows for one run as the graph's inputs hold them, padded to the longest: [rows, positions] one row after the other. */
export interface PackedRows {
  readonly rows: number;
  /** Where each of them stands in the batch. */
  readonly places: readonly number[];
  /** Which of the call's tables each of them chooses from. */
  readonly tables: readonly number[];
  readonly positions: number;
  readonly ids: BigInt64Array<ArrayBuffer>;
  readonly kinds: BigInt64Array<ArrayBuffer>;
  readonly severities: BigInt64Array<ArrayBuffer>;
  readonly gaps: Float32Array<ArrayBuffer>;
  /** [rows, positions, PARAMETER_FEATURES]. */
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly at: BigInt64Array<ArrayBuffer>;
}

/** A row, and where its candidates are. */
export interface RowOfTable {
  readonly row: MaskedRow;
  /** Which of the call's tables. */
  readonly table: number;
  /** Candidates in the tables before it. */
  readonly offset: number;
}

/** The graph wants at least two positions. */
const POSITIONS_MIN = 2;

/** Rows of one run: larger runs are no faster, and pad more. */
const ROWS_PER_RUN = 16;

/** Packs rows for the way to the model's thread, those of like length together: padding costs as much as what it stands beside. */
export function packRuns(rows: readonly RowOfTable[]): readonly PackedRows[] {
  const byLength = [...rows.entries()].sort(([, a], [, b]) => positionsOf(a.row) - positionsOf(b.row));
  const runs: PackedRows[] = [];
  for (let from = 0; from < byLength.length; from += ROWS_PER_RUN) {
    const run = byLength.slice(from, from + ROWS_PER_RUN);
    runs.push(
      packRows(
        run.map(([, row]) => row),
        run.map(([place]) => place),
      ),
    );
  }
  return runs;
}

function packRows(rows: readonly RowOfTable[], places: readonly number[]): PackedRows {
  const positions = rows.reduce((longest, { row }) => Math.max(longest, positionsOf(row)), POSITIONS_MIN);
  const packed: PackedRows = {
    rows: rows.length,
    places,
    tables: rows.map(({ table }) => table),
    positions,
    ids: new BigInt64Array(rows.length * positions),
    kinds: new BigInt64Array(rows.length * positions).fill(BigInt(POSITION_KIND.padding)),
    severities: new BigInt64Array(rows.length * positions),
    gaps: new Float32Array(rows.length * positions),
    parameters: new Float32Array(rows.length * positions * PARAMETER_FEATURES),
    at: new BigInt64Array(rows.length),
  };
  const write = createRowWriter(packed);
  for (const [index, row] of rows.entries()) write(row, index);
  return packed;
}

/** The begin where it is shown, the events, and the mask. */
function positionsOf({ ids, begins }: MaskedRow): number {
  return Number(begins) + ids.length + 1;
}

function createRowWriter({ positions, gaps, parameters, ...packed }: PackedRows) {
  const ids = lowerHalves(packed.ids);
  const kinds = lowerHalves(packed.kinds);
  const severities = lowerHalves(packed.severities);
  const masks = lowerHalves(packed.at);
  return ({ row, offset }: RowOfTable, index: number): void => {
    const first = index * positions;
    // A begin and a mask stand there with the table's first candidate.
    const end = first + positionsOf(row);
    for (let at = first; at < end; at += 1) ids[2 * at] = offset;
    let at = first;
    if (row.begins) {
      kinds[2 * at] = POSITION_KIND.begin;
      at += 1;
    }
    for (let i = 0; i < row.ids.length; i += 1, at += 1) {
      const { severity, gap, features } = decodedEvent(row.codes[i] ?? 0, PARAMETER_FEATURES);
      ids[2 * at] = (row.ids[i] ?? 0) + offset;
      kinds[2 * at] = POSITION_KIND.event;
      severities[2 * at] = severity;
      gaps[at] = gap;
      parameters.set(features, at * PARAMETER_FEATURES);
    }
    kinds[2 * at] = POSITION_KIND.mask;
    masks[2 * index] = at - first;
  };
}

/** Of each number the lower half, every second place, from the first on: all of a number that is small and not negative, and no
 * BigInt is made for it. Whatever onnxruntime runs on is little-endian. */
function lowerHalves({ buffer }: BigInt64Array<ArrayBuffer>): Int32Array {
  return new Int32Array(buffer);
}

/** The buffers, to be handed over instead of copied. */
export function buffersOf(runs: readonly PackedRows[]): ArrayBuffer[] {
  return runs.flatMap(({ ids, kinds, severities, gaps, parameters, at }) =>
    [ids, kinds, severities, gaps, parameters, at].map(({ buffer }) => buffer),
  );
}
