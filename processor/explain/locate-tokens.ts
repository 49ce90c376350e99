import type { TokenImportance } from "../../store/store.ts";

/** Stands in a template for what varies. */
const PLACEHOLDER = /<[A-Z0-9_*]+>/g;

/**
 * Moves weights of a template's words to where these words stand in a body of that template. Words that cannot be found
 * there, and placeholders, are left out. One pass over the body: a word is looked for behind the one before it.
 *
 * Example: "disk <*> failed" with weight on 9..15 and the body "disk sda failed" give 9..15.
 */
export function locateTokens(
  template: string,
  body: string,
  tokens: readonly TokenImportance[],
): readonly TokenImportance[] {
  let at = 0;
  return literalsOf(template).flatMap(({ start, text }) => {
    const found = find(body, text, at, {
      isFirst: isBoundary(template, start - 1),
      isLast: isBoundary(template, start + text.length),
    });
    if (found < 0) return [];
    at = found + text.length;
    return tokens
      .filter((token) => token.start >= start && token.end <= start + text.length)
      .map((token) => {
        const from = found + token.start - start;
        const to = found + token.end - start;
        return { ...token, token: body.slice(from, to), start: from, end: to };
      });
  });
}

/** Runs of a template without white space and without placeholders. */
function literalsOf(template: string): readonly { readonly start: number; readonly text: string }[] {
  const blanked = template.replaceAll(PLACEHOLDER, (placeholder) => " ".repeat(placeholder.length));
  return [...blanked.matchAll(/\S+/g)].map((match) => ({ start: match.index, text: match[0] }));
}

/** The first occurrence that stands free where the template's does. */
function find(
  body: string,
  text: string,
  from: number,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): number {
  let found = body.indexOf(text, from);
  while (found >= 0) {
    const isFree =
      (!isFirst || isBoundary(body, found - 1)) && (!isLast || isBoundary(body, found + text.length));
    if (isFree) return found;
    found = body.indexOf(text, found + 1);
  }
  return -1;
}

/** Whether there is nothing, or white space, at this place. */
function isBoundary(text: string, index: number): boolean {
  return index < 0 || index >= text.length || /\s/.test(text[index] ?? " ");
}
