import { ibanCharacters, isCardNumber, isIpv6 } from "./checks.ts";
import { PHONE_RULES } from "./phones.ts";
import { matching, type Range, type Rule, wholeWhere } from "./rule.ts";
import { AT, COLON, DASH, DIGIT, DOT, SEPARATOR, SEVEN_DIGITS, SLASH } from "./text-traits.ts";

const EMAIL =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,256}?(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}-])/giu;
/** systemd units and files are named so, repositories are cloned so, and workers and nodes of clusters are called so. */
const NO_EMAIL =
  /^(?:git|celery|worker|rabbit|couchdb|ejabberd|emqx|vernemq|riak)[\w-]{0,16}@|\.(?:service|socket|timer|mount|slice|scope|target|device|path|swap|png|jpe?g|gif|svg|webp|js|css|jar)$/i;

const MAC = /(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])/gi;
/** "29-11-20-12-30-45": day, month, year or the other way round, and the time of day. */
const DASHED_TIME =
  /^(?:\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-\d\d)-(?:[01]\d|2[0-3])-[0-5]\d-[0-5]\d$/;
const CISCO_MAC = /(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])/gi;

const IPV6 = /(?:(?<![\w:.])(?=[0-9a-f]{0,4}:)|(?<=\w):(?=::|[0-9a-f]{1,4}:))[0-9a-f:.]{2,45}(?![\w:])/gi;
/** Of a name before it, and of a sentence. */
const AROUND_IPV6 = /^:(?=[0-9a-f]|::)|(?:(?<!:):|\.)$/gi;

function ipv6({ index, 0: text }: RegExpExecArray): Range | undefined {
  const core = text.replaceAll(AROUND_IPV6, "");
  const start = index + text.indexOf(core);
  return isIpv6(core) ? [start, start + core.length] : undefined;
}

const IPV4 = /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d|\.\d)/g;
/** The names of machines at Amazon and others: ip-10-0-0-1. */
const DASHED_IPV4 = /(?<=\bip-)(?:1?\d?\d|2[0-4]\d|25[0-5])(?:-(?:1?\d?\d|2[0-4]\d|25[0-5])){3}(?!\d)/g;
const VERSION_BEFORE =
  /(?:(?:^|[^a-z])v|(?<![a-z])(?:version|ver|release|build|rev)\.?["']?[ :=/-]{1,3}["']?v?|[a-z][-_]|~)$/i;
/** Programs that write their version so, and what numbers a part; neither begins like an address of a private network. */
const NUMBERED_BEFORE =
  /(?<![a-z])(?:(?:openssl|redis|nginx|httpd|postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|python|php|chrome|edg|firefox)[:/]|(?:section|sect|chapter|clause|appendix|oid)\.?["']?[ :=/-]{1,3}["']?)$/i;
const PRIVATE_NETWORK = /^(?:10|127|172|192)\./;
/** Of a machine that is named after its address. */
const MACHINE_BEFORE =
  /(?<![a-z])(?:host|node|server|srv|client|peer|worker|master|vm|web|db|gateway|gw|router|proxy|machine|instance|addr|address)[-_]$/i;
const VERSION_BEHIND = /^(?:-(?!>)[A-Za-z]|\.(?:jar|war|tar|tgz|zip|rpm|deb|dll|so|el\d|fc\d)\b)/;

/** Four numbers with dots between them may be a version as well. */
function ipv4({ index, input, 0: text }: RegExpExecArray): Range | undefined {
  const before = input.slice(Math.max(0, index - 20), index);
  const behind = input.slice(index + text.length, index + text.length + 6);
  const isVersion =
    (VERSION_BEFORE.test(before) && !MACHINE_BEFORE.test(before)) ||
    (NUMBERED_BEFORE.test(before) && !PRIVATE_NETWORK.test(text));
  if (isVersion || VERSION_BEHIND.test(behind)) return undefined;
  return [index, index + text.length];
}

const CARD =
  /(?<![\d_]|[_=]-|(?:^|[^\d.])\d{1,12}[.-])(?:\d{13,19}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{4,5})(?!\d|[.-]\d)/g;
/** No more than the beginning is consumed: a short code may stand right before an account ("AC04 DE89…"). */
const IBAN = /(?<![A-Za-z0-9])(?=([A-Z]{2}\d{2}[A-Z0-9 ]{11,44}[A-Za-z]?))[A-Z]{2}\d{2}/g;

function iban({ index, 1: text = "" }: RegExpExecArray): Range | undefined {
  const length = ibanCharacters(text);
  return length === 0 ? undefined : [index, index + length];
}

const HOME =
  /(?<![\w.])((?:\/(?:var|export|usr|mnt\/[a-z]|host_mnt))?\/(?:home|Users)\/|(?:[A-Za-z]:|\\)[\\/]{0,4}(?:Users|Documents and Settings)[\\/]{1,4})(?!(?:Shared|Public|Default|All Users)\b|<)([^\s/\\:"'`<>|*?,;()[\]{}&%$]{1,64})/g;
const ROUTE_BEFORE =
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s$|\b(?:uri|url|route|endpoint|href)["']?[:=]\s?["']?$/i;
/** Pages below /home of a web site rather than users. */
const PAGE =
  /^(?:products?|dashboard|index|settings|about|contact|log(?:in|out)|cart|search|news|help|overview|profile|account|feed|menu|orders|checkout)(?:\.\w{2,5})?$/;

function userInPath({ index, input, 1: head = "", 2: name = "" }: RegExpExecArray): Range | undefined {
  if (ROUTE_BEFORE.test(input.slice(Math.max(0, index - 12), index))) return undefined;
  if (PAGE.test(name)) return undefined;
  const start = index + head.length;
  return [start, start + name.length];
}

/** What tells of a person or a machine. */
export const PERSONAL_RULES: readonly Rule[] = [
  {
    kind: "email",
    name: "EMAIL",
    needs: AT | DOT,
    find: matching(
      EMAIL,
      wholeWhere((text) => !NO_EMAIL.test(text)),
    ),
  },
  { kind: "mac", name: "MAC", needs: SEPARATOR, find: matching(MAC) },
  {
    kind: "mac",
    name: "MAC",
    needs: DASH,
    find: matching(
      MAC,
      wholeWhere((text) => !DASHED_TIME.test(text)),
    ),
  },
  {
    kind: "mac",
    name: "MAC",
    needs: DOT | DIGIT,
    find: matching(
      CISCO_MAC,
      wholeWhere((text) => /[a-f]/i.test(text)),
    ),
  },
  { kind: "ip", name: "IP", needs: COLON | DIGIT, find: matching(IPV6, ipv6) },
  { kind: "ip", name: "IP", needs: DOT | DIGIT, find: matching(IPV4, ipv4) },
  { kind: "ip", name: "IP", needs: DASH | DIGIT, find: matching(DASHED_IPV4) },
  { kind: "iban", name: "IBAN", needs: SEVEN_DIGITS, find: matching(IBAN, iban) },
  { kind: "card", name: "CARD", needs: SEVEN_DIGITS, find: matching(CARD, wholeWhere(isCardNumber)) },
  ...PHONE_RULES,
  { kind: "user", name: "USER", needs: SLASH, find: matching(HOME, userInPath) },
];
