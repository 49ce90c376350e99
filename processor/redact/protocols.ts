import { behindFirstGroup, matching, type Range, type Rule } from "./rule.ts";
import { DIGIT } from "./text-traits.ts";
import { valueBehind } from "./values.ts";

/** The verbs with which protocols hand over a password, and what may stand between them and it. */
const VERBS: readonly string[] = [
  // FTP, POP3, IRC
  String.raw`(?<said>PASS)\s{1,4}`,
  String.raw`(?<said>IDENTIFY)\s(?:[\w-]{1,32}\s)?`,
  // IMAP: behind the command's tag, the user's name before the password.
  String.raw`(?<said>LOGIN)\s(?:"[^"\n]{1,128}"|[^\s"]{1,128})\s`,
  // Redis, as MONITOR prints it.
  String.raw`"(?:AUTH|auth)"(?:\s"[^"\n]{0,128}")?\s(?=")`,
  String.raw`(?:requirepass|masterauth|REQUIREPASS|MASTERAUTH)"?\s{1,4}(?=\S)`,
  // ZooKeeper, Vault.
  String.raw`addauth digest [^\s:]{1,64}:(?=\S)`,
  String.raw`(?:Unseal|Recovery) Key \d{1,2}:\s(?=\S{16})`,
  // Routers and switches, SNMP.
  String.raw`(?:snmp-server community|r[ow]community6?|(?:enable|username \S{1,64}(?: privilege \d{1,2})?) (?:secret|password)(?: \d)?|(?:password|secret|key-string) [0-9])\s(?=\S{5})(?=\S{0,64}[\d$])`,
];
const VERB = new RegExp(
  `(?:${VERBS.map((verb, index) => verb.replace("said", `said${index}`)).join("|")})`,
  "g",
);

/** Who speaks to whom: "C:", "-->", "command:", the beginning of a quote, the name of the protocol. */
const SPEAKER =
  /(?:(?:^|\s)(?:[CU]|client|command|cmd|sent|send|sending|received|recv)[:>]|-?->|>>?|<<?|["'`]|(?:ftp|pop3?|irc|nickserv)[\w()[\]]{0,16}:?|nickserv :)\s{0,2}$/i;
const SPEAKER_CHARACTERS = 40;
/** Of IMAP: the tag before a command. */
const TAG = /(?:^|[^\w.])[A-Za-z]{0,4}\d{1,8}\s$/;
/** A command ends with its line, its quote, or what a log says about it. */
const COMMAND_END = /["'`)]?(?:\s(?:from|for|in|by)\b|[\s"'`]*$|["'`,;]|\s?[\r\n]|\\[rn])/y;

/** What passes a test. */
const SOURCE_FILE = /^[\w.@-]{1,64}(?:\/[\w.@-]{1,64}){1,16}\.\w{1,4}$/;

/** The password of a command; a test that passes says "PASS" as well. */
function passwordOf(match: RegExpExecArray): Range | undefined {
  const { index, input, groups = {} } = match;
  const said = Object.entries(groups).find(([, text]) => text !== undefined)?.[1];
  const range = valueBehind(match);
  if (range === undefined || said === undefined) return range;
  const before = input.slice(Math.max(0, index - SPEAKER_CHARACTERS), index);
  const isSaid = (said === "LOGIN" ? TAG : SPEAKER).test(before);
  COMMAND_END.lastIndex = range[1];
  return isSaid && !SOURCE_FILE.test(input.slice(...range)) && COMMAND_END.test(input) ? range : undefined;
}

/** Of SMTP and IMAP: a name and a password in base64 (RFC 4954). */
const SASL = /\b(AUTH(?:ENTICATE)? (?:PLAIN|LOGIN|XOAUTH2) )(?=[\w+/]{8})[\w+/]{8,1024}={0,2}/g;
/** Of Docker and npm: a name and a password in base64, called "auth". */
const ENCODED =
  /(?<![A-Za-z])auth\\{0,8}["']?\s?[=:]\s?\\{0,8}["']?(?=[A-Za-z+/]{0,64}\d)(?=[a-z\d+/]{0,64}[A-Z])(?=[A-Z\d+/]{0,64}[a-z])[A-Za-z0-9+/]{12,4096}={0,2}/g;

/** Where what follows the first letters of a match begins that is in base64. */
function encoded({ index, 0: text }: RegExpExecArray): Range {
  const value = /[A-Za-z0-9+/]+={0,2}$/.exec(text)?.[0] ?? text;
  return [index + text.length - value.length, index + text.length];
}

/** Passwords that a protocol's command hands over. */
export const PROTOCOL_RULES: readonly Rule[] = [
  { kind: "authorization", name: "SECRET", needs: 0, find: matching(SASL, behindFirstGroup) },
  { kind: "authorization", name: "SECRET", needs: DIGIT, find: matching(ENCODED, encoded) },
  { kind: "secret", name: "SECRET", needs: 0, find: matching(VERB, passwordOf) },
];
