import { Buffer } from "node:buffer";
import { VALUE_DEPTH_MAX } from "./any-value.ts";
import { MalformedRequestError } from "./record-view.ts";

/** Brackets around a record's values, and at most four for each level of a nested value. */
export const BRACKET_DEPTH_MAX = 16 + 4 * VALUE_DEPTH_MAX;
/** Objects and arrays in one document: each costs the sender two bytes, and the parser fifty. */
export const BRACKETS_MAX = 4_194_304;

/** An integer literal of so many digits may not fit a number exactly. */
const LONG_DIGITS = 16;
/** No 64-bit integer has more characters. */
const INTEGER_CHARACTERS_MAX = 20;

/**
 * Parses JSON from a stranger. Nesting and the number of objects are limited before anything is built;
 * integers that a number cannot hold exactly become bigint.
 *
 * @throws MalformedRequestError without any of the content.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const { hasLongIntegers } = scanJson(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  try {
    return hasLongIntegers ? JSON.parse(text, keepLongInteger) : JSON.parse(text);
  } catch (error) {
    throw new MalformedRequestError(`The body is not valid JSON${positionOf(error)}.`);
  }
}

/** The reviver of JSON.parse; `context.source` is the literal as it stands in the text (ECMAScript 2026). */
function keepLongInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
  return source.length <= INTEGER_CHARACTERS_MAX && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** V8's message quotes the text, so only the position is taken from it. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? "" : ` (at character ${position})`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const ARRAY_START = 0x5b;
const ARRAY_END = 0x5d;
const OBJECT_START = 0x7b;
const OBJECT_END = 0x7d;

/** One pass over the bytes; what is not well-formed is left to the parser. */
function scanJson(bytes: Uint8Array): { readonly hasLongIntegers: boolean } {
  let depth = 0;
  let brackets = 0;
  let digits = 0;
  let digitsMax = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    digits = byte >= DIGIT_0 && byte <= DIGIT_9 ? digits + 1 : 0;
    digitsMax = Math.max(digits, digitsMax);
    switch (byte) {
      case QUOTE:
        i = stringEnd(bytes, i);
        break;
      case ARRAY_START:
      case OBJECT_START:
        checkLimits(++depth, ++brackets, i);
        break;
      case ARRAY_END:
      case OBJECT_END:
        depth--;
    }
  }
  return { hasLongIntegers: digitsMax >= LONG_DIGITS };
}

function checkLimits(depth: number, brackets: number, offset: number): void {
  if (depth > BRACKET_DEPTH_MAX) throw tooMuch(`nested deeper than ${BRACKET_DEPTH_MAX} brackets`, offset);
  if (brackets > BRACKETS_MAX) throw tooMuch(`of more than ${BRACKETS_MAX} objects and arrays`, offset);
}

function stringEnd(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

function tooMuch(what: string, offset: number): MalformedRequestError {
  return new MalformedRequestError(`The body is JSON ${what} (at byte ${offset}).`);
}
