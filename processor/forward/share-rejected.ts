/**
 * Shares out rejected records among requests that were sent as one, as far as that can be known: in proportion to their
 * records, none more than it has, and together exactly as many as were rejected (or as there are).
 *
 * @param records of each request
 */
export function shareRejected(rejected: number, records: readonly number[]): readonly number[] {
  const total = records.reduce((sum, count) => sum + count, 0);
  const shared = Math.min(rejected, total);
  let seen = 0;
  let given = 0;
  return records.map((count) => {
    seen += count;
    const share = total === 0 ? 0 : Math.round((shared * seen) / total) - given;
    given += share;
    return share;
  });
}
