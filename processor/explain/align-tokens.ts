/** A part of a template: a word, or a placeholder. */
export interface TemplateToken {
  readonly text: string;
  /** Character offsets into the template, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Where a part of a template stands in a body. */
export interface AlignedToken {
  readonly token: TemplateToken;
  /** Character offsets (UTF-16 code units) into the body, end exclusive; never empty. */
  readonly start: number;
  readonly end: number;
}

/** Words of a template and of a body that are looked at: the alignment takes their product in steps. */
const WORDS_MAX = 128;
/** Costs of an alignment: a body may well have words that its template lacks (two make one value), hardly the other way round. */
const BODY_WORD_ALONE = 0.4;
const TEMPLATE_WORD_ALONE = 1;
/** A value costs a little, so that a word rather stands for itself than for a value. */
const VALUE_COST = 0.1;

const PLACEHOLDER = /<(?:\*|[A-Z][A-Z0-9_]*)>/;
const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER.source})`);
const WORD = /[\p{L}\p{N}_]+(?:[.'-][\p{L}\p{N}_]+)*/gu;
const ENDS_IN_VALUE = new RegExp(`${PLACEHOLDER.source}[.,;:)\\]]?$`);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/**
 * Finds the parts of a template in a body of it: literal words by themselves, placeholders by what stands in their place.
 * A part that the body does not show (a redacted word, the rest of a body that was cut) is left out. Neither has to be
 * exactly what the other was made from.
 *
 * Example: tokens of "took <DUR> for uid=<NUM>" in "took 12 ms for uid=7" -> 0-4, 5-10, 11-14, 15-18, 19-20
 */
export function alignTokens(template: string, body: string): readonly AlignedToken[] {
  const templateWords = spans(template, /\S+/g).slice(0, WORDS_MAX);
  const bodyWords = spans(body, /\S+/g).slice(0, WORDS_MAX);
  return alignWords(templateWords, bodyWords).flatMap(([word, first, last]) =>
    alignWithin(word, { text: body.slice(first.start, last.end), start: first.start, end: last.end }),
  );
}

function spans(text: string, pattern: RegExp): TemplateToken[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    text: found,
    start: index,
    end: index + found.length,
  }));
}

/** A word of the template with the first and the last word of the body that it stands for. */
type WordPair = readonly [word: TemplateToken, first: TemplateToken, last: TemplateToken];

/** The cheapest alignment of two lists of words (Needleman and Wunsch 1970). */
function alignWords(template: readonly TemplateToken[], body: readonly TemplateToken[]): WordPair[] {
  const costAt = alignmentCosts(template, body);
  const pairs: WordPair[] = [];
  let j = 0;
  const skips = (i: number) => j < body.length && costAt(i, j) === costAt(i, j + 1) + BODY_WORD_ALONE;
  for (const [i, word] of template.entries()) {
    const pays = () => costAt(i, j) === costAt(i + 1, j + 1) + pairCost(word, body[j]);
    while (!pays() && skips(i)) j += 1;
    const first = body[j];
    if (first === undefined || !pays()) continue;
    j += 1;
    // What follows a value and belongs to no word of the template is part of the value: "12 ms" is one <DUR>.
    while (ENDS_IN_VALUE.test(word.text) && skips(i + 1)) j += 1;
    pairs.push([word, first, body[j - 1] ?? first]);
  }
  return pairs;
}

/** What aligning the words from i on with those from j on costs at least. */
function alignmentCosts(
  template: readonly TemplateToken[],
  body: readonly TemplateToken[],
): (i: number, j: number) => number {
  const width = body.length + 1;
  const costs = new Float64Array((template.length + 1) * width);
  const costAt = (i: number, j: number) =>
    i > template.length || j > body.length ? Number.POSITIVE_INFINITY : (costs[i * width + j] ?? 0);
  for (let i = template.length; i >= 0; i -= 1) {
    for (let j = body.length; j >= 0; j -= 1) {
      const isEnd = i === template.length && j === body.length;
      const least = Math.min(
        costAt(i + 1, j) + TEMPLATE_WORD_ALONE,
        costAt(i, j + 1) + BODY_WORD_ALONE,
        costAt(i + 1, j + 1) + pairCost(template[i], body[j]),
      );
      costs[i * width + j] = isEnd ? 0 : least;
    }
  }
  return costAt;
}

function pairCost(word: TemplateToken | undefined, other: TemplateToken | undefined): number {
  if (word === undefined || other === undefined) return Number.POSITIVE_INFINITY;
  if (word.text === other.text) return 0;
  const literals = word.text.split(PLACEHOLDER);
  const isFilled = literals.length > 1 && placesOf(literals, other.text) !== undefined;
  return isFilled ? VALUE_COST : Number.POSITIVE_INFINITY;
}

/** Where each literal part of a word stands in a text that it may have been made from; undefined when it was not. */
function placesOf(literals: readonly string[], text: string): readonly number[] | undefined {
  const places: number[] = [];
  let from = 0;
  for (const [index, literal] of literals.entries()) {
    const isLast = index === literals.length - 1;
    const behind = Math.max(from, text.length - literal.length);
    const place = isLast && text.endsWith(literal) ? behind : text.indexOf(literal, from);
    // "<DUR>," may stand for the "12" of "12 ms,": the punctuation comes with a later word.
    if (place < 0 && isLast && !LETTER_OR_DIGIT.test(literal)) places.push(text.length);
    else if (place < from || (index === 0 && place > 0)) return undefined;
    else places.push(place);
    from = place + literal.length;
  }
  return places;
}

/** The parts of one word of the template in its place of the body. */
function alignWithin(word: TemplateToken, place: TemplateToken): AlignedToken[] {
  // Literal, placeholder, literal, placeholder, ... literal.
  const segments = word.text.split(PLACEHOLDERS);
  const literals = segments.filter((_, index) => index % 2 === 0);
  const places = placesOf(literals, place.text) ?? [];
  const aligned: AlignedToken[] = [];
  let at = word.start;
  for (const [index, segment] of segments.entries()) {
    const from = place.start + (places[Math.floor(index / 2)] ?? 0);
    const token = { text: segment, start: at, end: at + segment.length };
    if (index % 2 === 0) aligned.push(...wordsOf(token, from));
    else {
      const start = from + (literals[(index - 1) / 2]?.length ?? 0);
      aligned.push({ token, start, end: place.start + (places[(index + 1) / 2] ?? 0) });
    }
    at = token.end;
  }
  return aligned.filter(({ start, end }) => end > start);
}

/** The words of a literal part that stands at `from`. */
function wordsOf({ text, start }: TemplateToken, from: number): AlignedToken[] {
  return spans(text, WORD).map((token) => ({
    token: { text: token.text, start: start + token.start, end: start + token.end },
    start: from + token.start,
    end: from + token.end,
  }));
}
