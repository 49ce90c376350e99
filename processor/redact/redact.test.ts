import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactConfig } from "./config.ts";
import { createRedactor, type RedactorPorts } from "./redact.ts";

const create = (settings: object = {}, ports: RedactorPorts = {}) =>
  createRedactor(redactConfig.parse(settings), ports);
const redactor = create();
const redact = redactor.plain;
const HOUR_MS = 3_600_000;

describe("the configuration of redaction", () => {
  it.each([
    [{ extra_patterns: [{ name: "X", pattern: "(" }] }, "no valid regular expression"],
    [{ extra_patterns: [{ name: "X", pattern: "(a*)*" }] }, "empty text"],
    [{ extra_patterns: [{ name: "X", pattern: "\\b" }] }, "empty text"],
    [{ extra_patterns: [{ name: "X", pattern: "(?<=a)b" }] }, "no look-around"],
    [{ enabled: false, forward: true }, "no effect while enabled is false"],
    [{ enabled: false, extra_patterns: [{ name: "X", pattern: "a" }] }, "no effect while enabled is false"],
    [{ extra_patterns: [{ name: "x y", pattern: "a" }] }, "capital letters"],
  ])("refuses %j", (settings, message) => {
    expect(redactConfig.safeParse(settings).error?.issues[0]?.message).toContain(message);
  });

  it("takes patterns of one's own, and can be switched off", () => {
    const own = create({ extra_patterns: [{ name: "CUSTOMER_ID", pattern: "C-\\d{4}" }] });
    expect(create({ extra_patterns: [{ name: "WORD", pattern: "[A-Z]+" }] }).plain("A")).toBe("<WORD>");
    expect(own.plain("C-1234 paid from 10.0.0.1")).toBe("<CUSTOMER_ID> paid from <IP>");
    expect(create({ enabled: false }).body("10.0.0.1")).toBe("10.0.0.1");
  });

  it("leaves no half of a secret where a pattern of one's own matches within it", () => {
    const own = create({ extra_patterns: [{ name: "EMP", pattern: "[A-Z]{2}\\d{4}" }] });
    expect(own.plain("password=AB1234xyz of AB1234")).toBe("password=<SECRET> of <EMP>");
    expect(own.plain("key AKIAIO1234ODNN7EXAMPLE")).toBe("key <API_KEY>");
  });

  it("finds what a pattern of one's own is about anywhere in a long text", () => {
    const own = create({ extra_patterns: [{ name: "ID", pattern: "C-\\d{4}" }] });
    const text = "C-1234 and so on, ".repeat(5_000);
    expect(own.plain(text)).toBe("<ID> and so on, ".repeat(5_000));
  });

  it.each([
    ["<ID>C-1234</ID>", "<ID><ID></<ID>>"],
    ["<ID C-1234", "<<ID> <ID>"],
    ["<ID> C-1234 <ID-bcdfg>", "<ID> <ID> <ID-bcdfg>"],
  ])("takes for a placeholder of one's own only what is one: %j", (text, expected) => {
    expect(create({ extra_patterns: [{ name: "ID", pattern: "C-\\d{4}|ID" }] }).plain(text)).toBe(expected);
  });

  it("hides a match of one's own as a whole, however long it is", () => {
    const own = create({ extra_patterns: [{ name: "ID", pattern: "secret-\\S+" }] });
    for (const length of [1_023, 3_000, 20_000])
      expect(own.plain(`${"x ".repeat(2_000)}secret-${"k".repeat(length)} secret-a end`)).toBe(
        `${"x ".repeat(2_000)}<ID> <ID> end`,
      );
  });

  it("looks for what a text or a word begins with nowhere else in a long text", () => {
    const own = create({ extra_patterns: [{ name: "FIRST", pattern: "^[ab]|\\bc" }] });
    const text = "abc".repeat(5_000);
    expect(own.plain(text)).toBe(`<FIRST>${text.slice(1)}`);
    expect(own.plain("abc ca\nab")).toBe("<FIRST>bc <FIRST>a\nab");
  });

  it("tells whether any pattern of one's own matches", () => {
    const { hasOwn } = create({
      extra_patterns: [
        { name: "ID", pattern: "(?i)c-(?P<n>\\d{4})" },
        { name: "PLATE", pattern: "^(?P<n>[A-Z]{2})$" },
      ],
    });
    expect(["a c-1234", "AB", "ab", "c-12", ""].map(hasOwn)).toEqual([true, true, false, false, false]);
  });

  it("takes a pattern that would go back for ever elsewhere, and answers", () => {
    const own = create({ extra_patterns: [{ name: "ID", pattern: "(?:a|aa)+b" }] });
    expect(own.plain(`${"a".repeat(100_000)} aab`)).toBe(`${"a".repeat(100_000)} <ID>`);
  });
});

describe("the redactor", () => {
  it.each([
    ["mail to bob.smith+x@example.co.uk.", "mail to <EMAIL>."],
    ["jörg@exämple.de wrote", "<EMAIL> wrote"],
    [
      "connect to server: 10.0.0.1 by resolver/10.0.0.2 failed",
      "connect to server: <IP> by resolver/<IP> failed",
    ],
    ["version: 10.0.0.1 and ver 10.0.0.2", "version: 10.0.0.1 and ver 10.0.0.2"],
    ["from 10.250.19.102:54106 to /10.0.0.1", "from <IP>:54106 to /<IP>"],
    ["peer 2001:db8::ff00:42:8329 and ::1 and ::ffff:192.0.2.1", "peer <IP> and <IP> and <IP>"],
    ["eth0 00:1b:44:11:3A:b7 up", "eth0 <MAC> up"],
    ["card 4111 1111 1111 1111 and 378282246310005", "card <CARD> and <CARD>"],
    ["id 7 4111-1111-1111-1111", "id 7 <CARD>"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 ok", "jwt <JWT> ok"],
    ["Authorization: Bearer abc.def", "Authorization: <SECRET>"],
    ["sent bearer abc123def456", "sent bearer <SECRET>"],
    ["key AKIAIOSFODNN7EXAMPLE used", "key <API_KEY> used"],
    ["ghp_0123456789abcdefghij0123456789abcdef", "<API_KEY>"],
    ["password=hunter2 user=bob", "password=<SECRET> user=bob"],
    ['{"password": "hun\\"ter2", "a": 1}', '{"password": "<SECRET>", "a": 1}'],
    ['"{\\"token\\":\\"abc\\"}"', '"{\\"token\\":\\"<SECRET>\\"}"'],
    ["GET /x?token=abc&page=2", "GET /x?token=<SECRET>&page=2"],
    ['db_password="cut off', 'db_password="<SECRET>'],
    ["postgres://bob:s3cret@db:5432/x", "postgres://<CREDENTIALS>@db:5432/x"],
    ["a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b", "a <PRIVATE_KEY> b"],
    ["a -----BEGIN PRIVATE KEY-----\nMII", "a <PRIVATE_KEY>"],
    // Nothing stands between them.
    ["10.0.0.1Bearer x1password=", "<IP>Bearer <SECRET>"],
    ["4111111111111111eyJabcd.efgh", "<CARD><JWT>"],
    ["10.0.0.1.4111111111111111", "<IP>.<CARD>"],
    ["AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7EXAMPLE", "<API_KEY>"],
  ])("turns %j into %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    "12:34:56 started std::vector in 1.2.3 after 1700000000000000000 ns",
    "blk_-1608999687919862906 of size 67108864",
    "-----BEGIN CERTIFICATE-----",
    "tokenizer: bert, basic authentication failed, bearer of news",
    "password=<*> from <IP> at 4111 1111 1111 1112",
    "",
  ])("leaves %j alone", (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each(['"', ""])("leaves nothing of a secret of 10,000 characters in quotes of %j", (quote) => {
    expect(redact(`token=${quote}${"Ab1_".repeat(2_500)}${quote} ok`)).toBe(
      `token=${quote}<SECRET>${quote} ok`,
    );
  });

  it("tells what it did", () => {
    const kinds: string[] = [];
    const counting = create({}, { onRedaction: (kind) => kinds.push(kind) });
    counting.body("a@b.de 10.0.0.1 pwd=x");
    counting.find("a@b.de");
    expect(kinds).toEqual(["email", "ip", "secret"]);
  });

  it("shows nothing of a text in which more secrets are stuck together than it looks for", () => {
    expect(redact(`at ${"/home/x".repeat(10)}/y`)).toBe(`at ${"/home/<USER>".repeat(10)}/y`);
    expect(redact(`at ${"/home/x".repeat(40)}/y`)).toBe("<SECRET>");
  });

  it("hides as a whole what a cut goes through, and nothing behind it", () => {
    const text = "0123456789 mail bob@example.com or ann@example.com";
    expect(redactor.body(text, 18)).toMatch(/^0123456789 mail <EMAIL-[b-z]{5}>$/);
    expect(redactor.body(text, 12)).toBe("0123456789 m");
  });

  it("leaves a sender its address, by which it is told from others, and no secret", () => {
    expect(redactor.sender("10.0.0.1:80 bob@example.com token=abc")).toBe(
      "10.0.0.1:80 <EMAIL> token=<SECRET>",
    );
  });

  it("never throws, and changes a redacted text no more", () => {
    const pieces = fc.constantFrom(
      "password=",
      "a@b.de",
      "10.0.0.1",
      '"',
      "\\",
      "<",
      "::1",
      " ",
      "4111111111111111",
      "Bearer x1",
      "eyJabcd.efgh",
      "AKIAIOSFODNN7EXAMPLE",
      "cookie:",
      "://a:b@",
      "%22",
      "\\n",
      "\\u0022",
      "\u001b[0m",
      "Some(",
      '{"value":',
      "''",
      '["',
      '",',
      "\n ",
      "pass value:",
      "x",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" }))), (parts) => {
        for (const show of [redactor.plain, redactor.body, redactor.sender]) {
          const once = show(parts.join(""));
          expect(show(once)).toBe(once);
        }
      }),
    );
  });
});

describe("pseudonyms", () => {
  it("are the same for the same value, however it is written, and others for others", () => {
    const [one, again, other] = redactor.body("Bob@Example.com bob@example.com ann@example.com").split(" ");
    expect(one).toMatch(/^<EMAIL-[b-z]{5}>$/);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    const [mac, dashed] = redactor.body("00:1B:44:11:3a:b7 00-1b-44-11-3a-b7").split(" ");
    expect(dashed).toBe(mac);
  });

  it("stay for a day of the clock, and no one else has them", () => {
    let nowMs = 0;
    const today = create({}, { now: () => nowMs });
    const first = today.body("10.0.0.1");
    nowMs = 24 * HOUR_MS - 1;
    expect(today.body("10.0.0.1")).toBe(first);
    expect(create().body("10.0.0.1")).not.toBe(first);
    nowMs = 24 * HOUR_MS;
    expect(today.body("10.0.0.1")).not.toBe(first);
  });

  it("change when the clock was set back behind the key's beginning", () => {
    let nowMs = HOUR_MS;
    const one = create({}, { now: () => nowMs });
    const first = one.body("10.0.0.1");
    nowMs = 0;
    expect(one.body("10.0.0.1")).not.toBe(first);
  });
});
