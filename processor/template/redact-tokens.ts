/** A part of a text that a template must not show, and the placeholder in its stead. */
export interface HiddenPart {
  readonly start: number;
  readonly end: number;
  /** Without its brackets. Example: "EMAIL". */
  readonly name: string;
}

/** Finds what a template must not show, in order and without overlaps. */
export type FindHidden = (text: string) => readonly HiddenPart[];

/** Tokens, of which one may stand for several. */
export interface RedactedTokens {
  /** The token with placeholders; undefined where nothing in it is hidden. */
  readonly texts: readonly (string | undefined)[];
  /** How many of the tokens each stands for. */
  readonly spans: readonly number[];
}

/**
 * Hides parts of tokens that are read together, joined by blanks; undefined where there is nothing to hide. A part that reaches over
 * several tokens makes one of them.
 *
 * Example: "Bearer", "x1", "ok" with "x1" hidden as SECRET gives undefined, "<SECRET>", undefined.
 */
export function redactTokens(tokens: readonly string[], findHidden: FindHidden): RedactedTokens | undefined {
  const hidden = findHidden(tokens.join(" "));
  if (hidden.length === 0) return undefined;
  const texts: (string | undefined)[] = [];
  const spans: number[] = [];
  let next = 0;
  let start = 0;
  for (let at = 0; at < tokens.length; ) {
    const from = start;
    let end = start + (tokens[at]?.length ?? 0);
    let span = 1;
    const parts: HiddenPart[] = [];
    for (let part = hidden[next]; part !== undefined && part.start < end; part = hidden[next]) {
      parts.push(part);
      next += 1;
      for (; part.end > end && at + span < tokens.length; span += 1)
        end += 1 + (tokens[at + span]?.length ?? 0);
    }
    texts.push(
      parts.length === 0 ? undefined : withPlaceholders(tokens.slice(at, at + span).join(" "), from, parts),
    );
    spans.push(span);
    at += span;
    start = end + 1;
  }
  return { texts, spans };
}

function withPlaceholders(text: string, textStart: number, parts: readonly HiddenPart[]): string {
  let shown = "";
  let copied = 0;
  for (const { start, end, name } of parts) {
    shown += `${text.slice(copied, start - textStart)}<${name}>`;
    copied = end - textStart;
  }
  return shown + text.slice(copied);
}
