import { isCardNumber, isIpv6 } from "./checks.ts";

/** One kind of sensitive text. */
export interface Rule {
  /** Label for counting. */
  readonly kind: string;
  /** Global. Linear by its structure: every repetition starts where the one before cannot (a look-behind or a fixed prefix)
   * or is bounded, and none is nested in another. */
  readonly pattern: RegExp;
  /** What replaces a match; `$1` keeps what the rule needs to be understood. */
  readonly placeholder: string;
  /** Says whether a match is meant; without it every match is. */
  readonly isMeant?: (match: string) => boolean;
}

const SECRET_NAME =
  "(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|credentials?|signature|session[_-]?id)";
/** A quoted value, also within escaped JSON and cut off at its end, or one word; what is longer than 16 KiB would show its end.
 * What is a placeholder already stays. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.){1,16384}"?|\\"[^"\\]{1,16384}|'[^']{1,16384}'?|(?![<"'\\])[^\s,;&"'\\)}\]]{1,16384})`;

/** In the order of their use: what contains other kinds comes first. */
export const RULES: readonly Rule[] = [
  {
    kind: "url-credentials",
    pattern: /(:\/\/)[^\s/@:<]{0,256}:[^\s/@]{1,256}@/g,
    placeholder: "$1<CREDENTIALS>@",
  },
  {
    kind: "authorization",
    pattern:
      /(authorization|cookie|x-api-key)(["']?\s{0,8}[:=]\s{0,8}["']?)(?:(?:bearer|basic|digest|token|negotiate)\s{1,8})?(?!<)[^\s"',]{1,4096}/gi,
    placeholder: "$1$2<SECRET>",
  },
  {
    kind: "bearer",
    pattern: /\b(bearer|basic)\s{1,8}(?=[\w.~+/-]{0,63}\d)[\w.~+/-]{6,4096}={0,2}/gi,
    placeholder: "$1 <SECRET>",
  },
  {
    kind: "jwt",
    pattern: /(?<![\w-])eyJ[\w-]{4,4096}\.[\w-]{2,4096}(?:\.[\w-]{0,4096})?/g,
    placeholder: "<JWT>",
  },
  {
    kind: "api-key",
    pattern:
      /(?<![A-Za-z0-9])(?:A(?:KI|SI)A[0-9A-Z]{16}|gh[opsur]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,64}|xox[abeoprs]-[\w-]{10,255}|(?:sk|rk|pk)_(?:live|test)_\w{10,255}|sk-[\w-]{16,255}|AIza[\w-]{30,64}|ya29\.[\w-]{20,512}|npm_\w{30,64}|hf_\w{20,64}|SG\.[\w-]{16,64}\.[\w-]{16,64})/g,
    placeholder: "<API_KEY>",
  },
  {
    kind: "secret",
    pattern: new RegExp(
      String.raw`(${SECRET_NAME}(?:[_-](?:value|key|hash|text))?\\?["']?\s{0,8}[:=]\s{0,8})${VALUE}`,
      "gi",
    ),
    placeholder: "$1<SECRET>",
  },
  {
    kind: "email",
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,256}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    placeholder: "<EMAIL>",
  },
  {
    kind: "mac",
    pattern: /(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])/gi,
    placeholder: "<MAC>",
  },
  {
    kind: "ip",
    pattern: /(?<![\w:.]|<[A-Z_]{1,32}>)(?=[0-9a-f]{0,4}:)[0-9a-f:.]{2,45}(?![\w:])/gi,
    placeholder: "<IP>",
    isMeant: isIpv6,
  },
  {
    kind: "ip",
    pattern: /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d|\.\d)/g,
    placeholder: "<IP>",
  },
  {
    kind: "card",
    pattern: /(?<!\d)(?:\d{13,19}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{5})(?!\d)/g,
    placeholder: "<CARD>",
    isMeant: isCardNumber,
  },
];
