import { matching, type Rule } from "./rule.ts";
import { DASH, SEPARATOR } from "./text-traits.ts";
import { valueBehind } from "./values.ts";

/** Long options that programs share, before a blank or as the next one of a list. */
const OPTION =
  /(?<![\w-])(--?(?:[a-z]{1,20}[_-]){0,3}(?:password|passwd|passphrase|pass|pwd|secret|token|api-?key|access-?key|secret-?key|auth-?key|credentials?|storepass|keypass)\d?(?:\s{1,4}|\\{0,8}["'],\s{0,4}))(?!-)(?=\S)/gi;
const USER_OPTION = /(?<![\w-])((?:-u|--user|--proxy-user)[ =]["']?[^\s:"'/]{1,128}:)(?=[^\s"'/])/g;

/** Programs, and what of their arguments stands right before a password; all of it regular expressions. */
type Programs = readonly (readonly [names: string, before: string])[];

/** Of a name: a version, quotes, what a list or a log writes behind it. */
const NAME_END = String.raw`[\w.:,"'-]{0,16}`;

/** With short options, whose letters mean something else to others. */
const WITH_OPTIONS: Programs = [
  [`(?:mysql|mariadb)${NAME_END}`, String.raw`-p(?=["']\S|[^\s"'-])`],
  [`sshpass${NAME_END}`, String.raw`-p\s{0,4}`],
  ["7z[ar]?|(?:un)?rar", "-p ?"],
  ["(?:un)?zip|sqlcmd|bcp|[ot]sql|mosquitto_[a-z]{3}|ipmitool", "-P ?"],
  [
    "(?:docker|podman|az|oc|cf|buildah|skopeo|helm registry) login|mongo[a-z]{0,8}|beeline|cqlsh|user(?:add|mod)|psexec(?:64)?|rdesktop",
    String.raw`-p\s{1,4}`,
  ],
  [`redis-cli${NAME_END}`, String.raw`-a\s{1,4}`],
  ["ldap[a-z]{3,8}|kadmin", "-w ?"],
  ["snmp[a-z]{3,8}", "-[cAX] ?"],
  ["smb[a-z]{3,6}|rpcclient|net rpc|winexe", String.raw`-U ?["']?[^\s%"']{1,64}%`],
  ["https?|xh", String.raw`-a ["']?[^\s:"'/]{1,64}:`],
  ["plink|pscp|psftp|putty", "-pw "],
  ["lftp", String.raw`-u ?["']?[^\s,"']{1,64},`],
  ["htpasswd", String.raw`-[a-zA-Z]{0,4}b[a-zA-Z]{0,4} (?:\S{1,256} ){1,2}(?=\S+["')]?(?:$|\n))`],
];

/** With arguments alone. */
const WITH_ARGUMENTS: Programs = [
  ["rabbitmqctl", String.raw`(?:add_user|change_password|authenticate_user) ["']?\S{1,64} `],
  [
    "net use",
    String.raw`(?:\\\\\S{1,256} (?:/user:\S{1,64} )?|/user:\S{1,64} (?!\\\\))(?=[^\s/*][^\s]{0,128}(?:\s|$))`,
  ],
  ["net user", String.raw`[\w.-]{1,64} (?=[^\s/*])`],
  ["vault (?:login|unwrap|operator unseal)", String.raw`(?=\S{0,128}\d)(?=[\w.+/-]{8,256}(?:\s|$))`],
  ["wpa_passphrase", String.raw`\S{1,64} `],
  ["[xw]freerdp", "/p:"],
  ["cmdkey", "/pass:"],
  ["sqlplus|expdp|impdp|sqlldr", String.raw`["']?[\w$#]{1,30}/(?=[^\s/])`],
  [
    "config(?:ure)? set",
    String.raw`[\w.:/-]{0,128}(?:[Pp]assword|passwd|[Ss]ecret(?:_access_key)?|[Tt]oken|_auth|api_?[Kk]ey) `,
  ],
];

/** What a short option begins with. */
const SHORT_OPTION = /\s-[A-Za-z]/;
/** What may stand between a program's name and its password: no end of a command, be it one within quotes. */
const ARGUMENTS = String.raw`(?:[^\n|;]|;(?=[^\n|"']{0,128}["']\s)){0,200}?`;

function secretOf(programs: Programs): Rule["find"] {
  const forms = programs.map(
    ([names, before]) => `(?:${names})(?:\\.exe)?\\s(?:${ARGUMENTS}\\s)??(?:${before})`,
  );
  return matching(new RegExp(`\\b(?:${forms.join("|")})(?=[^\\s-])`, "g"), valueBehind);
}

const findOptions = secretOf(WITH_OPTIONS);

/** What is written into a program that reads a password: echo 'x' | sudo -S. */
const PIPED =
  /\becho (?:-n )?(?:(?=[^\n]{1,256}chpasswd)["']?[\w.-]{1,64}:)?(?=[^|\n]{1,128}\|\s?(?:sudo -S|(?:\/\S{1,32}\/)?chpasswd|passwd --stdin|[^|\n]{1,128}--password-stdin|(?:openssl|gpg)\s))/g;
const HERE_STRING = /\bchpasswd <<<\s?["']?[\w.-]{1,64}:/g;

/** Passwords that a command line hands a program. */
export const COMMAND_LINE_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH | SEPARATOR, find: matching(USER_OPTION, valueBehind) },
  {
    kind: "secret",
    name: "SECRET",
    needs: DASH,
    find: (text) => (SHORT_OPTION.test(text) ? findOptions(text) : []),
  },
  { kind: "secret", name: "SECRET", needs: 0, find: secretOf(WITH_ARGUMENTS) },
  { kind: "secret", name: "SECRET", needs: 0, find: matching(PIPED, valueBehind) },
  { kind: "secret", name: "SECRET", needs: SEPARATOR, find: matching(HERE_STRING, valueBehind) },
];
