/** A stretch of a text; `weight` 0 to 1 where it is pointed out. */
export interface Piece {
  readonly start: number;
  readonly text: string;
  readonly weight: number | undefined;
}

/** A token's place in the text, end exclusive. */
export interface WeightedToken {
  readonly start: number;
  readonly end: number;
  readonly importance: number;
}

/**
 * Cuts a text at its tokens. Tokens that overlap one before them or lie outside of the text are left out.
 *
 * Example: ("a bad day", [{ start: 2, end: 5, importance: 1 }]) -> "a " · "bad"(1) · " day"
 */
export function highlight(text: string, tokens: readonly WeightedToken[]): readonly Piece[] {
  const strongest = Math.max(0, ...tokens.map((token) => token.importance));
  const pieces: Piece[] = [];
  let reached = 0;
  const plainUntil = (end: number) => {
    if (end > reached) pieces.push({ start: reached, text: text.slice(reached, end), weight: undefined });
    reached = Math.max(reached, end);
  };
  for (const token of [...tokens].sort((a, b) => a.start - b.start)) {
    if (token.importance <= 0 || token.start < reached || token.end <= token.start || token.end > text.length)
      continue;
    plainUntil(token.start);
    pieces.push({
      start: token.start,
      text: text.slice(token.start, token.end),
      weight: token.importance / strongest,
    });
    reached = token.end;
  }
  plainUntil(text.length);
  return pieces;
}
