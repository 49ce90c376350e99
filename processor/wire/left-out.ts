import { MESSAGE, RECORD, type RequestIndex } from "./request-index.ts";

const GOES = 1;
const STAYS = 2;

/**
 * Which messages go when some records are left out: those records, and every scope and resource that holds records, none of
 * which stays. What came empty of records stays.
 *
 * @param leftOut indexes of the records
 * @returns for each row of `index.messages` whether it goes
 */
export function rowsLeftOut(
  { messages, records }: RequestIndex,
  leftOut: ReadonlySet<number>,
): (row: number) => boolean {
  /** What becomes of the records in each message: of none, 0. */
  const fates = new Uint8Array(messages.rowCount);
  for (let record = 0; record < records.rowCount; record++)
    fates[records.cells[record * records.width + RECORD.message] ?? 0] = leftOut.has(record) ? GOES : STAYS;
  // Children stand behind their parents.
  for (let row = messages.rowCount - 1; row >= 0; row--) {
    const parent = messages.cells[row * messages.width + MESSAGE.parent] ?? -1;
    if (parent >= 0) fates[parent] = (fates[parent] ?? 0) | (fates[row] ?? 0);
  }
  return (row) => fates[row] === GOES;
}
