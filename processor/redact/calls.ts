import { matching, type Range, type Rule } from "./rule.ts";
import { isSecretName } from "./secret-names.ts";
import { CALL, QUOTE } from "./text-traits.ts";
import { valueBehind } from "./values.ts";

const ARGUMENT = String.raw`\s{0,2}(?:"[^"\n]{0,256}"|'[^'\n]{0,256}')\s{0,2},\s{0,2}`;
/** Functions whose second argument is a password, and those whose third is one. */
const WITH_PASSWORD = new RegExp(
  String.raw`\b(?:(?:NetworkCredential|(?:Set|set)?(?:HTTP)?[bB]asic_?[aA]uth|UsernamePassword\w{0,32}|PasswordAuthentication|auth=?|login)\(${ARGUMENT}|(?:PDO(?:->__construct)?|mysqli?(?:_connect|->__construct)|getConnection)\(${ARGUMENT}${ARGUMENT}|SecureString(?: -String)?\s)(?=["'])`,
  "g",
);
/** What is set or defined under a name: define('DB_PASSWORD', 'x'), headers.set("X-Api-Key", "x"). */
const SETTER =
  /\b(?:define|set[A-Za-z]{0,16}|put|append|header|add[A-Za-z]{0,16})\(\s{0,2}["']([\w.-]{1,64})["']\s{0,2},\s{0,2}(?=["'])/g;

function definedSecret(match: RegExpExecArray): Range | undefined {
  return isSecretName(match[1] ?? "") ? valueBehind(match) : undefined;
}

/** Passwords that a program's own functions are called with, as traces print them. */
export const CALL_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: QUOTE, find: matching(WITH_PASSWORD, valueBehind) },
  { kind: "secret", name: "SECRET", needs: QUOTE | CALL, find: matching(SETTER, definedSecret) },
];
