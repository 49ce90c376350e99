const PLACEHOLDERS = /<(\*|[A-Z][A-Z0-9_]*)>/g;
/** A name in front of a value: "size=", "size: ", '"size": '. */
const KEY = /([\p{L}_][\p{L}\p{N}_.-]{0,31})["']?\s?[=:]\s?["'([{]{0,2}$/u;
const WORD_BEFORE = /([\p{L}_][\p{L}\p{N}_.'-]{0,31})\s["'([{]{0,2}$/u;
/** How much in front of a value is searched for its name. */
const SEARCHED_CHARACTERS_MAX = 48;

const NOUNS: Readonly<Record<string, string>> = {
  NUM: "number",
  DUR: "duration",
  SIZE: "size",
  IP: "address",
  PATH: "path",
  HEX: "hexadecimal number",
  UUID: "id",
  TIME: "time",
};

/** A template as it was mined, and as it is shown. */
interface NamedTemplate {
  readonly original: string;
  readonly shown: string;
}

/**
 * What one variable part of a template is called in a sentence: by its key, else by its type where that tells it apart, else by
 * the word in front of it; by its number alone where redaction has put more placeholders into the template. Examples of "<NUM> rows, uid=<NUM> size <NUM> in <DUR>": the 1st number, "uid", the number after
 * "size", the duration.
 * @param slot from 0
 */
export function parameterName({ original, shown }: NamedTemplate, slot: number): string {
  const placeholders = [...shown.matchAll(PLACEHOLDERS)];
  const own = placeholders[slot];
  if (own === undefined || placeholders.length !== [...original.matchAll(PLACEHOLDERS)].length)
    return `value ${slot + 1}`;
  const before = shown.slice(Math.max(0, own.index - SEARCHED_CHARACTERS_MAX), own.index);
  const key = KEY.exec(before)?.[1];
  if (key !== undefined) return `"${key}"`;
  const noun = NOUNS[own[1] ?? ""] ?? "value";
  const alike = placeholders.filter(([text]) => text === own[0]);
  if (alike.length === 1) return `the ${noun}`;
  const word = WORD_BEFORE.exec(before)?.[1];
  return word === undefined
    ? `the ${ordinal(alike.indexOf(own) + 1)} ${noun}`
    : `the ${noun} after "${word}"`;
}

function ordinal(number: number): string {
  const ending = number > 3 ? "th" : (["", "st", "nd", "rd"][number] ?? "th");
  return `${number}${ending}`;
}
