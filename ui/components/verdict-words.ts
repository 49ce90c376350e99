import type { UserError } from "../client.ts";
import { formatAgo } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";

/** What counts of a word that somebody said. */
interface Word {
  readonly id: string;
  readonly isTrueAnomaly: boolean;
  /** null: said before names were kept. */
  readonly author: string | null;
  readonly createdAt: string;
}

/** The last word that is not among those that a page has shown; undefined where it has shown them all. */
export function unseenWord<Said extends Pick<Word, "id">>(
  said: readonly Said[],
  shownIds: readonly string[],
): Said | undefined {
  const shown = new Set(shownIds);
  return said.findLast(({ id }) => !shown.has(id));
}

/** What `viewer`, or nobody by name, said: it gives way to what they say next. */
export function ownWords<Said extends Pick<Word, "author">>(
  said: readonly Said[],
  viewer: string,
): readonly Said[] {
  return said.filter(({ author }) => author === null || author === viewer);
}

/** A verdict as its button calls it. */
export function verdictInWords(isTrueAnomaly: boolean): "Real" | "Expected" {
  return isTrueAnomaly ? "Real" : "Expected";
}

/**
 * What somebody is told whose verdict came after one that they had not seen; `wanted` is theirs, undefined where they wanted to take one back.
 *
 * Example: "alice said Real 2 min ago, which this page did not show yet."
 */
export function overtakenInWords(
  word: Pick<Word, "isTrueAnomaly" | "author" | "createdAt">,
  wanted: boolean | undefined,
  nowMs: number,
): UserError {
  const who = word.author === null ? "Somebody" : visibleText(word.author);
  const when = formatAgo(Date.parse(word.createdAt), nowMs);
  const again =
    wanted === undefined
      ? "Undo again to take that back."
      : `Say ${verdictInWords(wanted)} again if it is so all the same.`;
  return {
    message: `${who} said ${verdictInWords(word.isTrueAnomaly)} ${when}, which this page did not show yet.`,
    remedy: `Nothing of yours is stored. ${again}`,
  };
}
