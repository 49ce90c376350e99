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
  /** Indexes of the tokens that hold something hidden, also where masking shows nothing of it. */
  readonly hiding: ReadonlySet<number>;
}

/**
 * Hides parts of tokens that are read together, joined by blanks; undefined where there is nothing to hide. A part that reaches over
 * several tokens makes one of them.
 *
 * Example: "Bearer", "x1", "ok" with "x1" hidden as SECRET gives undefined, "<SECRET>", undefined.
 * @param masked the tokens as they would be shown; a part of which they show nothing needs no other placeholder
 */
export function redactTokens(
  tokens: readonly string[],
  masked: readonly string[],
  findHidden: FindHidden,
): RedactedTokens | undefined {
  const text = tokens.join(" ");
  const hidden = findHidden(text);
  if (hidden.length === 0) return undefined;
  const places = placesOf(tokens, hidden);
  const hiding = new Set<number>();
  for (const { first, last } of places) for (let token = first; token <= last; token += 1) hiding.add(token);
  const shown = places.filter(({ part, first, last }) =>
    isShown(text.slice(part.start, part.end), masked.slice(first, last + 1).join(" ")),
  );
  return { ...inGroups(tokens, shown), hiding };
}

/** Indexes of the tokens, joined by blanks, that hold the characters at these offsets, which are in order. */
export function tokensAt(tokens: readonly string[], offsets: readonly number[]): readonly number[] {
  let token = 0;
  let end = tokens[0]?.length ?? 0;
  return offsets.map((offset) => {
    for (; token < tokens.length - 1 && end <= offset; token += 1)
      end += 1 + (tokens[token + 1]?.length ?? 0);
    return token;
  });
}

/** A hidden part, the first and the last of the tokens that it is in, and where the first one starts. */
interface Place {
  readonly part: HiddenPart;
  readonly first: number;
  readonly firstStart: number;
  readonly last: number;
}

function placesOf(tokens: readonly string[], hidden: readonly HiddenPart[]): readonly Place[] {
  let first = 0;
  let firstStart = 0;
  const endOf = (token: number, start: number) => start + (tokens[token]?.length ?? 0);
  return hidden.map((part) => {
    while (first < tokens.length - 1 && endOf(first, firstStart) <= part.start) {
      firstStart = endOf(first, firstStart) + 1;
      first += 1;
    }
    let last = first;
    let end = endOf(first, firstStart);
    for (; last < tokens.length - 1 && end < part.end; last += 1) end += 1 + (tokens[last + 1]?.length ?? 0);
    return { part, first, firstStart, last };
  });
}

const WORDS = /\p{L}+/gu;
const PLACEHOLDERS = /<[A-Z_*]+>/g;

/** Whether the masked text shows a word of the hidden one; digits are masked, and what has neither must be there as it is. */
function isShown(hidden: string, masked: string): boolean {
  const shown = masked.replaceAll(PLACEHOLDERS, " ");
  return (hidden.match(WORDS) ?? [hidden]).some((word) => shown.includes(word));
}

function inGroups(
  tokens: readonly string[],
  places: readonly Place[],
): Pick<RedactedTokens, "texts" | "spans"> {
  const texts: (string | undefined)[] = [];
  const spans: number[] = [];
  let next = 0;
  for (let at = 0; at < tokens.length; ) {
    let end = at;
    const firstStart = places[next]?.firstStart ?? 0;
    const parts: HiddenPart[] = [];
    for (let place = places[next]; place !== undefined && place.first <= end; place = places[next]) {
      parts.push(place.part);
      end = Math.max(end, place.last);
      next += 1;
    }
    const text = tokens.slice(at, end + 1).join(" ");
    texts.push(parts.length === 0 ? undefined : withPlaceholders(text, firstStart, parts));
    spans.push(end + 1 - at);
    at = end + 1;
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
