import { randomBytes } from "node:crypto";
import type { RedactConfig } from "./config.ts";
import { findSensitive, replaceSensitive, type Sensitive } from "./find-sensitive.ts";
import { namedValues } from "./named-values.ts";
import { hasOwnIn, ownRules } from "./own-patterns.ts";
import { createPseudonym } from "./pseudonyms.ts";
import type { Kind, Rule } from "./rule.ts";
import { isAddress, isInWords, RULES } from "./rules.ts";

/**
 * Replaces personal data and secrets by placeholders. Time is linear in the text's length, nothing throws, and a text that `plain` has
 * redacted stays as it is when it is redacted again. Of one that `body` has redacted a word more may be replaced then, and nothing
 * comes back: pseudonyms are longer than what rules look at a fixed distance from.
 */
export interface Redactor {
  /**
   * A text of a record, each value under a name that it keeps for a day.
   *
   * Example: "mail bob@example.com from 10.0.0.1" gives "mail <EMAIL-kqzvr> from <IP-bdwpx>".
   * @param charactersMax what is shown of the text before it is redacted; what the cut goes through is redacted as a whole
   */
  readonly body: (text: string, charactersMax?: number) => string;
  /** As `body`, of a text that is told apart by its wording, such as a template: one placeholder for each kind. */
  readonly plain: (text: string, charactersMax?: number) => string;
  /** The name of a sender: as `plain`, but for its addresses, by which it is told apart from others. */
  readonly sender: (text: string) => string;
  /** What of a text a template must not show; nothing that is masked in it anyway. */
  readonly findInWords: (text: string) => readonly Sensitive[];
  /**
   * Where a text has the value of a secret by its name alone, be it harmless as it is: of "otp=26" and of "otp=481516" at 4.
   * In order.
   */
  readonly findValues: (text: string) => readonly number[];
  /** Whether a pattern of one's own matches, which may tell apart what masking does not: numbers by their digits. */
  readonly hasOwn: (text: string) => boolean;
  /** All that is sensitive in a text. */
  readonly find: (text: string) => readonly Sensitive[];
  /** What stands in the place of a value. Example: "<EMAIL-kqzvr>". */
  readonly placeholder: (kind: Kind, name: string, value: string) => string;
}

/** What a redactor is handed, all of it optional. */
export interface RedactorPorts {
  /** Told the kind of each replacement, for counting. */
  readonly onRedaction?: ((kind: Kind) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Random bytes that nobody else knows. */
  readonly newKey?: () => Uint8Array;
}

const KEY_BYTES = 32;
/** Read beyond a cut, so that what it goes through is recognised. */
const BEYOND_CUT_CHARACTERS = 1_024;

export function createRedactor(
  config: Pick<RedactConfig, "enabled" | "extra_patterns">,
  {
    onRedaction = () => undefined,
    now = Date.now,
    newKey = () => randomBytes(KEY_BYTES),
  }: RedactorPorts = {},
): Redactor {
  const pseudonym = createPseudonym({ now, newKey });
  const rules: readonly Rule[] = config.enabled ? [...RULES, ...ownRules(config)] : [];
  const finder = (some: readonly Rule[]) => (text: string) => findSensitive(text, some);
  const find = finder(rules);
  const placeholder = (kind: Kind, name: string, value: string) => `<${name}-${pseudonym(kind, value)}>`;
  const replacing =
    (findIn: Redactor["find"], shown: (one: Sensitive, value: string) => string) =>
    (text: string, charactersMax = text.length) => {
      const read = text.slice(0, charactersMax + BEYOND_CUT_CHARACTERS);
      const found = findIn(read).filter(({ start }) => start < charactersMax);
      const cut = read.slice(0, Math.max(charactersMax, found.at(-1)?.end ?? 0));
      return replaceSensitive(cut, found, (one) => {
        onRedaction(one.kind);
        return shown(one, text.slice(one.start, one.end));
      });
    };
  const inPlain = ({ name }: Sensitive) => `<${name}>`;
  const sender = replacing(finder(rules.filter((rule) => !isAddress(rule))), inPlain);
  return {
    body: replacing(find, ({ kind, name }, value) => placeholder(kind, name, value)),
    plain: replacing(find, inPlain),
    // Whoever hands it on as an editor of texts gives it the text's key as well, which is no length.
    sender: (text) => sender(text),
    findInWords: finder(rules.filter(isInWords)),
    findValues: config.enabled ? namedValues : () => [],
    hasOwn: config.enabled ? hasOwnIn(config) : () => false,
    find,
    placeholder,
  };
}
