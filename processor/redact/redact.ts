import type { RedactConfig } from "./config.ts";
import { redactPrivateKeys } from "./private-keys.ts";
import { RULES, type Rule } from "./rules.ts";

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
  const rules = [...own, ...RULES];
  return (text) => {
    const withoutKeys = redactPrivateKeys(text, () => onRedaction("private-key"));
    return rules.reduce((current, rule) => apply(rule, current, onRedaction), withoutKeys);
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
