import { formatCount, formatNoun } from "../format/count.ts";
import type { AlignedRow } from "./align-sequences.ts";

/**
 * How what came differs from the nearest normal sequence, in one sentence.
 *
 * Example: (one replaced and one missing row, "09:12:04") ->
 * "2 events differ from the nearest normal sequence, seen 09:12:04: 1 came instead of another, 1 is missing."
 */
export function describeDifference(rows: readonly Pick<AlignedRow, "kind">[], seen: string): string {
  const count = (kind: AlignedRow["kind"]) => rows.filter((row) => row.kind === kind).length;
  const differing = rows.length - count("same");
  if (differing === 0)
    return `The same events came in the same order in a normal sequence, seen ${seen}: what is odd is no matter of order.`;
  const parts = [
    part(count("replaced"), "came instead of another", "came instead of others"),
    part(count("added"), "is extra", "are extra"),
    part(count("missing"), "is missing", "are missing"),
  ].filter((words) => words !== undefined);
  const verb = differing === 1 ? "differs" : "differ";
  return `${formatNoun(differing, "event")} ${verb} from the nearest normal sequence, seen ${seen}: ${parts.join(", ")}.`;
}

function part(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${formatCount(count)} ${count === 1 ? one : many}`;
}
