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
  const byLength = [...rows.entries()].sort(([, a], [, b]) => a.row.ids.length - b.row.ids.length);
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
  const positions = rows.reduce((longest, { row }) => Math.max(longest, row.ids.length), POSITIONS_MIN);
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
    at: BigInt64Array.from(rows, ({ row }) => BigInt(row.at)),
  };
  for (const [index, { row, offset }] of rows.entries()) {
    const first = index * positions;
    for (let i = 0; i < row.ids.length; i += 1) {
      packed.ids[first + i] = BigInt((row.ids[i] ?? 0) + offset);
      packed.kinds[first + i] = BigInt(row.kinds[i] ?? 0);
      packed.severities[first + i] = BigInt(row.severities[i] ?? 0);
    }
    packed.gaps.set(row.gaps, first);
    packed.parameters.set(row.parameters, first * PARAMETER_FEATURES);
  }
  return packed;
}

/** The buffers, to be handed over instead of copied. */
export function buffersOf(runs: readonly PackedRows[]): ArrayBuffer[] {
  return runs.flatMap(({ ids, kinds, severities, gaps, parameters, at }) =>
    [ids, kinds, severities, gaps, parameters, at].map(({ buffer }) => buffer),
  );
}
