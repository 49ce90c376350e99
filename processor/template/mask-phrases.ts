import { WILDCARD } from "./masked-body.ts";

const ENDS_IN_NUMBER = /<NUM>$/;
const TIME_UNIT =
  /^(?:ns|us|µs|ms|msecs?|milliseconds?|s|secs?|seconds?|mins?|minutes?|hours?|days?)(?=[.,;:)\]]?$)/;
const SIZE_UNIT = /^(?:B|[KMGT]i?B)(?=[.,;:)\]]?$)/;
const RESTATED_NUMBER = /^\(<NUM>$/;
const RESTATED_UNIT = /^(?:B|bytes|[KMGT]i?B|%)\)(?=[.,;:]?$)/;
const DATE_WORD = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$/;
const USER_PREPOSITION = /^(?:for|by|of)$/;
const USER_NAME = /^[A-Za-z][\w.-]*$/;

/** Tokens, and how many of the tokens that they were made from each of them stands for, in order. */
export interface Phrases {
  readonly tokens: readonly string[];
  readonly spans: readonly number[];
}

/**
 * Masks what only its neighbours show to be a value: "12 seconds" becomes <DUR> and "5.2 KB" <SIZE>, "2048 bytes (2.0 KB)"
 * loses what it says twice, so that a body does not change its length with the size of a value; the short names of days and
 * months are part of a <TIME>, and the word behind "for user" is a name.
 */
export function maskPhrases(tokens: readonly string[]): Phrases {
  const out: string[] = [];
  const spans: number[] = [];
  for (let i = 0; i < tokens.length; ) {
    const phrase = phraseAt(tokens, i, out);
    if (phrase.replacesLast) {
      out[out.length - 1] = phrase.masked;
      spans[spans.length - 1] = (spans.at(-1) ?? 0) + phrase.tokens;
    } else {
      out.push(phrase.masked);
      spans.push(phrase.tokens);
    }
    i += phrase.tokens;
  }
  return { tokens: out, spans };
}

interface Phrase {
  readonly masked: string;
  /** Tokens that it takes. */
  readonly tokens: number;
  /** Whether it takes the place of the token before it, which it contains. */
  readonly replacesLast: boolean;
}

function phraseAt(tokens: readonly string[], at: number, out: readonly string[]): Phrase {
  const token = tokens[at] ?? "";
  const next = tokens[at + 1] ?? "";
  const before = out.at(-1) ?? "";
  const unit = ENDS_IN_NUMBER.test(before) ? unitOf(token) : undefined;
  if (unit !== undefined)
    return {
      masked: before.replace(ENDS_IN_NUMBER, unit.placeholder) + unit.rest,
      tokens: 1,
      replacesLast: true,
    };
  if (out.length > 0 && RESTATED_NUMBER.test(token) && RESTATED_UNIT.test(next))
    return { masked: before + next.replace(RESTATED_UNIT, ""), tokens: 2, replacesLast: true };
  if (DATE_WORD.test(token)) return { masked: "<TIME>", tokens: 1, replacesLast: false };
  const masked = isUserName(token, before, out.at(-2)) ? WILDCARD : token;
  return { masked, tokens: 1, replacesLast: false };
}

/** A unit behind a number: what the two are together, and the punctuation behind them. */
function unitOf(token: string): { readonly placeholder: string; readonly rest: string } | undefined {
  if (TIME_UNIT.test(token)) return { placeholder: "<DUR>", rest: token.replace(TIME_UNIT, "") };
  if (SIZE_UNIT.test(token)) return { placeholder: "<SIZE>", rest: token.replace(SIZE_UNIT, "") };
  return undefined;
}

function isUserName(token: string, before: string, preposition: string | undefined): boolean {
  return before === "user" && USER_PREPOSITION.test(preposition ?? "") && USER_NAME.test(token);
}
