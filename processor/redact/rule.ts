/** Label for counting; there are no others. */
export type Kind =
  | "private-key"
  | "url-credentials"
  | "authorization"
  | "bearer"
  | "jwt"
  | "api-key"
  | "secret"
  | "email"
  | "mac"
  | "ip"
  | "card"
  | "iban"
  | "phone"
  | "user"
  | "extra";

/** Character offsets, end exclusive. */
export type Range = readonly [start: number, end: number];

/** One kind of sensitive text. */
export interface Rule {
  readonly kind: Kind;
  /** What stands in its place, between < and >. Example: "EMAIL". */
  readonly name: string;
  /** Traits without which a text holds nothing of the kind, see text-traits.ts. */
  readonly needs: number;
  /** In order, without overlaps. Takes time that is linear in the text's length. */
  readonly find: (text: string) => readonly Range[];
}

/**
 * Finds by a regular expression, which must be global and linear by its structure: every repetition starts where the one before
 * cannot (a look-behind or a fixed prefix) or is bounded.
 * @param toValue the part of a match that is meant, undefined where none is; by default all of it
 */
export function matching(
  pattern: RegExp,
  toValue: (match: RegExpExecArray) => Range | undefined = wholeMatch,
): Rule["find"] {
  return (text) => {
    const found: Range[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const value = toValue(match);
      if (value === undefined) continue;
      found.push(value);
      pattern.lastIndex = Math.max(pattern.lastIndex, value[1]);
    }
    return found;
  };
}

/** All of a match, where a check says that it is meant. */
export function wholeWhere(
  isMeant: (match: string) => boolean,
): (match: RegExpExecArray) => Range | undefined {
  return (match) => (isMeant(match[0]) ? wholeMatch(match) : undefined);
}

/** What a match has behind its first group. */
export function behindFirstGroup(match: RegExpExecArray): Range {
  const start = match.index + (match[1] ?? "").length;
  return [start, match.index + match[0].length];
}

function wholeMatch({ index, 0: text }: RegExpExecArray): Range {
  return [index, index + text.length];
}

const PLACEHOLDER = /<(?:\*|[A-Z][A-Z0-9_]{0,31}(?:-[b-z]{5})?)>/y;

/** Whether a placeholder, of redaction or of a template, begins there. */
export function isPlaceholderAt(text: string, at: number): boolean {
  PLACEHOLDER.lastIndex = at;
  return PLACEHOLDER.test(text);
}
