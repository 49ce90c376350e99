import { bodyText } from "../wire/body-text.ts";
import { type RequestEditors, rewriteTexts, type TextEditor } from "../wire/rewrite-texts.ts";
import type { Redactor } from "./redact.ts";
import { isPlaceholderAt } from "./rule.ts";
import { isCount, isSecretName } from "./secret-names.ts";
import { isNoSecret } from "./values.ts";

/** What an upstream template miner writes: the template, whose text tells it from others, and below it raw values. */
const TEMPLATE = "log.record.template";
const TEMPLATE_VALUES = `${TEMPLATE}.`;
/** Fields and attributes that are told apart by their wording. */
const WORDINGS: ReadonlySet<string> = new Set([TEMPLATE, "severityText", "eventName"]);
/** What samplers draw by: one of 50,000 has a card's number in it by chance, and no sampler could read it then. */
const RANDOMNESS = "sampling.randomness";
const RANDOM_DIGITS = /^[0-9a-f]{14}$/i;
/** Shorter values that were hidden in a body are not looked for in the values of its template. */
const VALUE_CHARACTERS_MIN = 3;
/** Shorter ones, and shorter values of templates, are taken for the same thing only as whole words: "100" is no part of 10.20.100.7. */
const PART_CHARACTERS_MIN = 6;

/**
 * Redacts a valid request: every text of its records, and of who sends them what `Redactor.sender` hides. Keys and bytes stay.
 * Before each record it waits for `breathe`.
 */
export function createRequestRedactor(
  redactor: Redactor,
): (bytes: Uint8Array, breathe: () => Promise<void>) => Promise<Uint8Array> {
  const editors = requestEditors(redactor);
  return (bytes, breathe) => rewriteTexts(bytes, editors, breathe);
}

/** What redaction makes of the texts of a request. */
export function requestEditors(redactor: Redactor): RequestEditors {
  const value = secretValue(redactor);
  return {
    sender: { text: redactor.sender, value },
    record(body) {
      const hiddenIn = hiddenValues(body, redactor);
      return {
        value,
        text(text, key) {
          if (WORDINGS.has(key)) return redactor.plain(text);
          if (key === RANDOMNESS && RANDOM_DIGITS.test(text)) return text;
          return redactor.body(key.startsWith(TEMPLATE_VALUES) ? hiddenIn(text) : text);
        },
      };
    },
  };
}

/** By its key alone: a password does not look like one. */
function secretValue({ placeholder }: Redactor): TextEditor["value"] {
  return (key, read) => {
    if (!isSecretName(key)) return undefined;
    const value = read();
    if (value === null || typeof value === "boolean") return undefined;
    const text = bodyText(value);
    if (
      text === "" ||
      isNoSecret(text) ||
      isPlaceholderAt(text, 0) ||
      isCount(key, text, typeof value !== "string")
    )
      return undefined;
    return placeholder("secret", "SECRET", text);
  };
}

/** Hides in a raw value what its body's wording has betrayed: of "password: hunter2" the value is "hunter2" alone. */
function hiddenValues(body: string, { find, placeholder }: Redactor): (text: string) => string {
  let hidden: readonly (readonly [value: string, shown: string])[] | undefined;
  return (text) => {
    hidden ??= find(body)
      .map(({ kind, name, start, end }) => {
        const value = body.slice(start, end);
        return [value, placeholder(kind, name, value)] as const;
      })
      .filter(([value]) => value.length >= VALUE_CHARACTERS_MIN);
    return hidden.reduce((current, [value, shown]) => {
      if (isPartOf(current, value)) return shown;
      return current.replaceAll(isLong(value) ? value : wordOf(value), shown);
    }, text);
  };
}

function isLong(text: string): boolean {
  return text.length >= PART_CHARACTERS_MIN;
}

/** Whether a template's value is a part of what was hidden, or one of its words. */
function isPartOf(text: string, hidden: string): boolean {
  return isLong(text) ? hidden.includes(text) : hidden.split(/\s+/).includes(text);
}

function wordOf(text: string): RegExp {
  const literal = text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`(?<!\\w)${literal}(?!\\w)`, "g");
}
