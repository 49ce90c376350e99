import { LRUCache } from "lru-cache";
import { WILDCARD } from "./masked-body.ts";
import { type FindHidden, redactTokens } from "./redact-tokens.ts";
import type { MinerSnapshot, StoredTemplate } from "./template-miner.ts";

/** Templates whose shown text is remembered; longer ones are not. */
const TEXTS_MAX = 8_192;
const CHARACTERS_MAX = 512;

/**
 * Shows templates that somebody else has mined: they come with every record.
 * @param readMax characters that are read of one; the rest, from the token that this cuts on, is one <*>
 */
export function createShownTemplate(findHidden: FindHidden, readMax: number): (template: string) => string {
  const show = (template: string) => shownTokens(readTokens(template, readMax), findHidden).join(" ");
  const texts = new LRUCache<string, string>({ max: TEXTS_MAX, memoMethod: show });
  return (template) => (template.length > CHARACTERS_MAX ? show(template) : texts.memo(template));
}

/** A snapshot may be older than redaction, or than the rule that hides something. */
export function shownSnapshot(snapshot: MinerSnapshot, findHidden: FindHidden): MinerSnapshot {
  const templates = shownTemplates(snapshot.templates, findHidden);
  return { ...snapshot, templates, evicted: shownTemplates(snapshot.evicted, findHidden) };
}

/** Templates that somebody else has written down, who may have hidden less. */
export function shownTemplates(
  templates: Iterable<StoredTemplate>,
  findHidden: FindHidden,
): readonly StoredTemplate[] {
  return [...templates].map(({ branch, ...one }) => {
    const tokens = shownTokens(one.tokens, findHidden);
    return tokens === one.tokens ? { ...one, branch } : { ...one, tokens };
  });
}

function readTokens(template: string, readMax: number): readonly string[] {
  if (template.length <= readMax) return template.split(" ");
  const end = template.lastIndexOf(" ", readMax);
  return [...(end > 0 ? template.slice(0, end).split(" ") : []), WILDCARD];
}

function shownTokens(tokens: readonly string[], findHidden: FindHidden): readonly string[] {
  const redacted = redactTokens(tokens, tokens, findHidden);
  if (redacted === undefined) return tokens;
  let from = 0;
  return redacted.texts.map((text, i) => {
    const token = text ?? tokens[from] ?? "";
    from += redacted.spans[i] ?? 0;
    return token;
  });
}
