import type { RedactConfig } from "./config.ts";
import { redactPrivateKeys } from "./private-keys.ts";
import { RULES, type Rule } from "./rules.ts";

/** Secrets stuck together without anything between them, as in "10.0.0.1Bearer abc123", hide each other from the rules: what is
 * behind one shows only when that one is a placeholder. So many of them in a row are found. */
const PASSES_MAX = 8;

/**
 * Replaces personal data and secrets by placeholders. Time is linear in the text's length, it never throws, and a redacted
 * text stays as it is when redacted again.
 *
 * Example: "mail bob@example.com from 10.0.0.1" gives "mail <EMAIL> from <IP>".
 * @param onRedaction told the kind of each replacement, for counting
 */
export function createRedactor(
  { enabled, extra_patterns: extraPatterns }: RedactConfig,
  onRedaction: (kind: string) => void = () => undefined,
): (text: string) => string {
  if (!enabled) return (text) => text;
  const own = extraPatterns.map(
    ({ name, pattern }): Rule => ({
      kind: "extra",
      pattern: new RegExp(pattern, "gu"),
      placeholder: `<${name}>`,
    }),
  );
  const applyAll = (rules: readonly Rule[], text: string) =>
    rules.reduce((current, rule) => apply(rule, current, onRedaction), text);
  return (text) => {
    const withoutKeys = redactPrivateKeys(text, () => onRedaction("private-key"));
    // Once: a pattern of one's own may match its own placeholder.
    let redacted = applyAll(own, withoutKeys);
    for (let pass = 0; pass < PASSES_MAX; pass += 1) {
      const before = redacted;
      redacted = applyAll(RULES, before);
      if (redacted === before) break;
    }
    return redacted;
  };
}

function apply(
  { kind, pattern, placeholder, isMeant }: Rule,
  text: string,
  onRedaction: (kind: string) => void,
): string {
  return text.replace(pattern, (match: string, ...groups: unknown[]) => {
    if (isMeant !== undefined && !isMeant(match)) return match;
    onRedaction(kind);
    return placeholder.replace(/\$(\d)/g, (_, index: string) => String(groups[Number(index) - 1] ?? ""));
  });
}
