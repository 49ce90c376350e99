import type { Random } from "../../cli/generate/random.ts";

/** Makes one value of its sort, another one each time. */
type Make = (random: Random) => string;

const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const WORD = UPPER + LOWER + DIGITS;
const NAMES = [
  "alice",
  "bob.smith",
  "j.mueller",
  "maria_garcia",
  "chen.wei",
  "o.kowalska",
  "priya",
  "tom-jones",
];
const USERS = ["alice", "bsmith", "jmueller", "mgarcia", "chenwei", "deploy-bot", "priya.k", "tjones"];
const DOMAINS = [
  "example.com",
  "mail.example.org",
  "acme-corp.co.uk",
  "beispiel.de",
  "shop.example.io",
  "xn--bcher-kva.example",
];

const pick =
  <T>(all: readonly T[]): ((random: Random) => T) =>
  (random) => {
    const one = all[random.int(0, all.length - 1)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
const of =
  (alphabet: string, length: number): Make =>
  (random) =>
    Array.from({ length }, () => alphabet[random.int(0, alphabet.length - 1)]).join("");
const number =
  (from: number, to: number): Make =>
  (random) =>
    String(random.int(from, to));
const joined =
  (...parts: readonly (Make | string)[]): Make =>
  (random) =>
    parts.map((part) => (typeof part === "string" ? part : part(random))).join("");
const oneOf =
  (...makes: readonly Make[]): Make =>
  (random) =>
    pick(makes)(random)(random);

/** The check digit that makes the Luhn sum of all digits end in 0 (ISO/IEC 7812-1, annex B). */
function luhnDigit(payload: string): number {
  const sum = [...payload].reverse().reduce((all, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return all + Math.floor(value / 10) + (value % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

const card =
  (shift: number): Make =>
  (random) => {
    const payload = joined(pick(["4", "51", "54", "2221"]), of(DIGITS, 15))(random).slice(0, 15);
    return payload + ((luhnDigit(payload) + shift) % 10);
  };
const amex: Make = (random) => {
  const payload = `37${of(DIGITS, 12)(random)}`;
  return payload + luhnDigit(payload);
};
const inFours = (text: string, by: string): string => text.match(/.{1,4}/g)?.join(by) ?? text;

/** With the check digits of ISO 7064 mod 97-10, moved by `shift`. */
const iban =
  (shift: number): Make =>
  (random) => {
    const [country, bban] = pick<readonly [string, Make]>([
      ["DE", of(DIGITS, 18)],
      ["GB", joined("NWBK", of(DIGITS, 14))],
      ["FR", of(DIGITS, 23)],
      ["NL", joined("ABNA", of(DIGITS, 10))],
      ["CH", of(DIGITS, 17)],
    ])(random);
    const account = bban(random);
    const inDigits = [...`${account}${country}00`].map((one) => Number.parseInt(one, 36)).join("");
    const check = 98 - Number(BigInt(inDigits) % 97n);
    return `${country}${String(((check - 2 + shift) % 97) + 2).padStart(2, "0")}${account}`;
  };

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt: Make = (random) =>
  [
    base64url({ alg: "HS256", typ: "JWT" }),
    base64url({ sub: of(DIGITS, 6)(random), name: pick(NAMES)(random), iat: 1_700_000_000 }),
    of(`${WORD}-_`, 43)(random),
  ].join(".");
const octet = number(1, 254);
const ip4 = joined(pick(["10.", "172.16.", "192.168.", "203.0.113.", "198.51.100."]), octet);
const pair = of(HEX, 2);

/** What the lines are filled with that is nobody's business, by the name of its filler: kind, and how it is made. */
export const SENSITIVE: Readonly<Record<string, readonly [kind: string, make: Make]>> = {
  email: ["email", joined(pick(NAMES), "@", pick(DOMAINS))],
  emailtag: ["email", joined(pick(NAMES), "+", of(LOWER, 4), number(1, 99), "@", pick(DOMAINS))],
  emailurl: ["email", joined(pick(NAMES), "%40", pick(DOMAINS))],
  ip: ["ip", (random) => ip4(random).split(".").concat(octet(random), octet(random)).slice(0, 4).join(".")],
  ip6: [
    "ip",
    oneOf(
      joined("2001:db8:", of(HEX, 4), "::", of(HEX, 3)),
      joined("fe80::", of("123456789abcdef", 4), ":", of(HEX, 4), ":fe", of(HEX, 2), ":", of(HEX, 4)),
      joined(
        "2a02:8108:",
        of(HEX, 4),
        ":",
        of(HEX, 4),
        ":",
        of(HEX, 4),
        ":",
        of(HEX, 4),
        ":",
        of(HEX, 4),
        ":",
        of(HEX, 4),
      ),
      (random) => `::ffff:192.0.2.${octet(random)}`,
    ),
  ],
  ipdashed: ["ip", joined("10-", octet, "-", octet, "-", octet)],
  mac: ["mac", joined(pair, ":", pair, ":", pair, ":", pair, ":", pair, ":", pair)],
  macdash: [
    "mac",
    (random) => joined(pair, "-", pair, "-", pair, "-", pair, "-", pair, "-", pair)(random).toUpperCase(),
  ],
  card: ["card", oneOf(card(0), amex)],
  cardspaced: ["card", (random) => inFours(card(0)(random), " ")],
  carddashed: ["card", (random) => inFours(card(0)(random), "-")],
  iban: ["iban", iban(0)],
  ibanspaced: ["iban", (random) => inFours(iban(0)(random), " ")],
  jwt: ["jwt", jwt],
  bearer: ["bearer", oneOf(jwt, of(`${WORD}-._~+/`, 40), joined(of(HEX, 31), number(0, 9)))],
  basic: [
    "bearer",
    (random) =>
      Buffer.from(`${pick(USERS)(random)}:${of(WORD, 10)(random)}7`)
        .toString("base64")
        .replace(/=+$/, ""),
  ],
  header: [
    "authorization",
    oneOf(
      joined("Bearer ", of(WORD, 32)),
      joined("Basic ", of(WORD, 24), "=="),
      joined("Token ", of(HEX, 40)),
    ),
  ],
  cookies: ["authorization", joined("sessionid=", of(LOWER + DIGITS, 32), "; csrftoken=", of(WORD, 32))],
  aws: ["api-key", joined(pick(["AKIA", "ASIA"]), of(`${UPPER}234567`, 16))],
  github: [
    "api-key",
    oneOf(
      joined(pick(["ghp_", "gho_", "ghs_"]), of(WORD, 36)),
      joined("github_pat_", of(WORD, 22), "_", of(WORD, 59)),
    ),
  ],
  gitlab: ["api-key", joined("glpat-", of(`${WORD}_-`, 20))],
  slack: [
    "api-key",
    joined(pick(["xoxb-", "xoxp-"]), of(DIGITS, 12), "-", of(DIGITS, 12), "-", of(WORD, 24)),
  ],
  slackhook: [
    "api-key",
    joined(
      "hooks.slack.com/services/T",
      of(UPPER + DIGITS, 8),
      "/B",
      of(UPPER + DIGITS, 8),
      "/",
      of(WORD, 24),
    ),
  ],
  stripewebhook: ["api-key", joined("whsec_", of(`${WORD}+/`, 32))],
  azure: ["api-key", joined(of(WORD, 3), "8Q~", of(`${WORD}-._~`, 33), "x")],
  discord: [
    "api-key",
    (random) =>
      `${Buffer.from(of("123456789", 18)(random)).toString("base64")}.${of(WORD, 6)(random)}.${of(`${WORD}-_`, 38)(random)}`,
  ],
  stripe: ["api-key", joined(pick(["sk_live_", "rk_live_", "sk_test_"]), of(WORD, 24))],
  google: ["api-key", joined("AIza", of(`${WORD}_-`, 35))],
  openai: [
    "api-key",
    oneOf(joined("sk-proj-", of(`${WORD}_-`, 48)), joined("sk-", of(WORD, 20), "T3BlbkFJ", of(WORD, 20))),
  ],
  anthropic: ["api-key", joined("sk-ant-api03-", of(`${WORD}_-`, 93), "AA")],
  npm: ["api-key", joined("npm_", of(WORD, 36))],
  pypi: ["api-key", joined("pypi-AgEIcHlwaS5vcmc", of(`${WORD}_-`, 60))],
  sendgrid: ["api-key", joined("SG.", of(`${WORD}_-`, 22), ".", of(`${WORD}_-`, 43))],
  twilio: ["api-key", joined("SK", of(HEX, 32))],
  digitalocean: ["api-key", joined("dop_v1_", of(HEX, 64))],
  huggingface: ["api-key", joined("hf_", of(WORD, 34))],
  password: [
    "secret",
    oneOf(
      of(WORD, 12),
      joined(
        pick(["Tr0ub4dor", "correct", "hunter", "Summer", "P@ss"]),
        pick(["&3", "!2024", "2", "#x9", "-horse"]),
      ),
      of(`${WORD}!#$%^*-_+?`, 16),
      joined(of(LOWER, 8)),
    ),
  ],
  // With blanks and quotes, as only something around it can hold it.
  phrase: ["secret", joined(of(WORD, 5), " ", of(LOWER, 4), " ", of(WORD, 5))],
  doubled: ["secret", joined(of(LOWER, 3), "''", of(LOWER, 2), " ", of(WORD, 5))],
  opaque: ["secret", oneOf(of(HEX, 32), of(WORD, 40), of(`${WORD}-_`, 22))],
  urlcredentials: [
    "url-credentials",
    joined(
      pick(USERS),
      ":",
      oneOf(of(WORD, 12), joined("p@ss", of(DIGITS, 3)), joined(of(LOWER, 5), "%21", of(DIGITS, 2))),
    ),
  ],
  redis: ["url-credentials", joined(":", of(WORD, 14))],
  phone: [
    "phone",
    oneOf(
      joined("+49 170 ", of("123456789", 7)),
      joined("+1 (415) 555-", of(DIGITS, 4)),
      joined("+4420794", of(DIGITS, 5)),
      joined("+33 6 ", of(DIGITS, 2), " ", of(DIGITS, 2), " ", of(DIGITS, 2), " ", of(DIGITS, 2)),
      joined("+1-212-555-", of(DIGITS, 4)),
    ),
  ],
  phonedigits: ["phone", joined("0170", of(DIGITS, 7))],
  phonelocal: [
    "phone",
    oneOf(
      joined("(212) 555-", of(DIGITS, 4)),
      joined("415-555-", of(DIGITS, 4)),
      joined("030/", of("123456789", 7)),
      joined("07700 ", of("123456789", 6)),
    ),
  ],
  user: ["user", pick(USERS)],
  pem: [
    "private-key",
    (random) =>
      `-----BEGIN RSA PRIVATE KEY-----\\n${of(`${WORD}+/`, 64)(random)}\\n${of(`${WORD}+/`, 40)(random)}==\\n-----END RSA PRIVATE KEY-----`,
  ],
};

const two =
  (from: number, to: number): Make =>
  (random) =>
    String(random.int(from, to)).padStart(2, "0");
const clock = joined(two(0, 23), ":", two(0, 59), ":", two(0, 59));
const day = joined("2026-", two(1, 12), "-", two(1, 28));

/** What looks like it and is harmless. */
export const HARMLESS: Readonly<Record<string, Make>> = {
  iso: joined(day, "T", clock, ".", of(DIGITS, 3), "Z"),
  day,
  clock,
  clockms: joined(clock, ",", of(DIGITS, 3)),
  syslog: joined(pick(["Jan", "Jun", "Nov"]), " ", number(10, 28), " ", clock),
  clf: joined(number(10, 28), "/Nov/2026:", clock, " +0000"),
  epochms: joined("17", of(DIGITS, 11)),
  epochns: joined("17", of(DIGITS, 17)),
  uuid: joined(of(HEX, 8), "-", of(HEX, 4), "-4", of(HEX, 3), "-a", of(HEX, 3), "-", of(HEX, 12)),
  sha1: of(HEX, 40),
  sha256: of(HEX, 64),
  short: of(HEX, 7),
  traceid: of(HEX, 32),
  spanid: of(HEX, 16),
  block: joined("blk_", pick(["", "-"]), pick(["4", "5", "1", "6"]), of(DIGITS, 18)),
  dashedtime: joined(
    two(10, 28),
    "-",
    two(1, 12),
    "-",
    two(20, 29),
    "-",
    two(0, 23),
    "-",
    two(0, 59),
    "-",
    two(0, 59),
  ),
  n: number(1, 9_999),
  big: number(100_000, 999_999_999),
  ms: number(1, 30_000),
  bytes: number(1_024, 2_147_483_647),
  float: joined("0.", of(DIGITS, 16)),
  port: number(1_024, 65_535),
  pid: number(2, 99_999),
  tid: joined("0x7f", of(HEX, 10)),
  hex: joined("0x", of(HEX, 8)),
  semver: joined(number(0, 20), ".", number(0, 40), ".", number(0, 99)),
  version4: joined(number(1, 30), ".", number(0, 9), ".", number(0, 99), ".", number(0, 200)),
  object: joined(
    pick(["com.acme.shop.Order", "java.lang.Thread", "o.s.w.s.DispatcherServlet"]),
    "@",
    of(HEX, 8),
  ),
  cpp: pick([
    "std::vector<int>::push_back",
    "boost::asio::detail",
    "abc::def::add",
    "dead::beef",
    "Face::add",
  ]),
  notcard: card(3),
  notcardspaced: (random) => inFours(card(4)(random), " "),
  notiban: iban(1),
  oid: joined("1.3.6.1.4.1.", number(1, 9_999), ".", number(1, 9)),
  pod: joined("checkout-", of("bcdfghjklmnpqrstvwxz2456789", 9), "-", of("bcdfghjklmnpqrstvwxz2456789", 5)),
  order: joined("ORD-", of(DIGITS, 10)),
  fingerprint: (random) => Array.from({ length: 16 }, () => pair(random)).join(":"),
  zksession: joined("0x14f", of(HEX, 12)),
};
