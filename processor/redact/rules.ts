import { API_KEY_RULES } from "./api-keys.ts";
import { CALL_RULES } from "./calls.ts";
import { COMMAND_LINE_RULES } from "./command-lines.ts";
import { PERSONAL_RULES } from "./personal.ts";
import { findPrivateKeys } from "./private-keys.ts";
import { PROTOCOL_RULES } from "./protocols.ts";
import type { Kind, Rule } from "./rule.ts";
import { NAMED_SECRET_RULES, SECRET_RULES } from "./secrets.ts";
import { SPOKEN_RULES } from "./spoken.ts";
import { INSERT_RULES } from "./sql-inserts.ts";
import { DASH } from "./text-traits.ts";

/** In the order of their rank: of two that overlap the first one counts. What contains other kinds comes first. */
export const RULES: readonly Rule[] = [
  { kind: "private-key", name: "PRIVATE_KEY", needs: DASH, find: findPrivateKeys },
  ...SECRET_RULES,
  ...API_KEY_RULES,
  ...NAMED_SECRET_RULES,
  ...INSERT_RULES,
  ...CALL_RULES,
  ...COMMAND_LINE_RULES,
  ...PROTOCOL_RULES,
  ...SPOKEN_RULES,
  ...PERSONAL_RULES,
];

/** Kinds that are written in digits: the miner masks them anyway, and tells more of their form. */
const IN_DIGITS: ReadonlySet<Kind> = new Set<Kind>(["ip", "card", "iban", "phone"]);

/** Whether words may show what is of this kind: what a template must be redacted of, because masking may leave it. */
export function isInWords({ kind }: Rule): boolean {
  return !IN_DIGITS.has(kind);
}

/** Whether it may be the name of a sender, which is told apart by it from others. */
export function isAddress({ kind }: Rule): boolean {
  return kind === "ip" || kind === "mac";
}
