import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactConfig } from "./config.ts";
import { createRedactor } from "./redact.ts";
import { RULES } from "./rules.ts";

const redact = createRedactor(redactConfig.parse({}));

describe("the configuration of redaction", () => {
  it.each([
    [{ extra_patterns: [{ name: "X", pattern: "(" }] }, "no valid regular expression"],
    [{ extra_patterns: [{ name: "X", pattern: "(a*)*" }] }, "exponential"],
    [{ extra_patterns: [{ name: "x y", pattern: "a" }] }, "capital letters"],
  ])("refuses %j", (settings, message) => {
    expect(redactConfig.safeParse(settings).error?.issues[0]?.message).toContain(message);
  });

  it("takes patterns of one's own, and can be switched off", () => {
    const own = createRedactor(
      redactConfig.parse({ extra_patterns: [{ name: "CUSTOMER_ID", pattern: "C-\\d{4}" }] }),
    );
    expect(
      createRedactor(redactConfig.parse({ extra_patterns: [{ name: "WORD", pattern: "[A-Z]+" }] }))("A"),
    ).toBe("<WORD>");
    expect(own("C-1234 paid from 10.0.0.1")).toBe("<CUSTOMER_ID> paid from <IP>");
    expect(createRedactor(redactConfig.parse({ enabled: false }))("10.0.0.1")).toBe("10.0.0.1");
  });
});

describe("the redactor", () => {
  it.each([
    ["mail to bob.smith+x@example.co.uk.", "mail to <EMAIL>."],
    ["jörg@exämple.de wrote", "<EMAIL> wrote"],
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
    ['{"password": "hun\\"ter2", "a": 1}', '{"password": <SECRET>, "a": 1}'],
    ['"{\\"token\\":\\"abc\\"}"', '"{\\"token\\":<SECRET>\\"}"'],
    ["GET /x?token=abc&page=2", "GET /x?token=<SECRET>&page=2"],
    ['db_password="cut off', "db_password=<SECRET>"],
    ["postgres://bob:s3cret@db:5432/x", "postgres://<CREDENTIALS>@db:5432/x"],
    ["a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b", "a <PRIVATE_KEY> b"],
    ["a -----BEGIN PRIVATE KEY-----\nMII", "a <PRIVATE_KEY>"],
    // Nothing stands between them.
    ["10.0.0.1Bearer x1password=", "<IP>Bearer <SECRET>"],
    ["4111111111111111eyJabcd.efgh", "<CARD><JWT>"],
    ["10.0.0.1.4111111111111111", "<IP>.<CARD>"],
    ["AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7EXAMPLE", "<API_KEY><API_KEY>"],
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
    expect(redact(`token=${quote}${"Ab1_".repeat(2_500)}${quote} ok`)).toBe("token=<SECRET> ok");
  });

  it("tells what it did", () => {
    const kinds: string[] = [];
    createRedactor(redactConfig.parse({}), (kind) => kinds.push(kind))("a@b.de 10.0.0.1 pwd=x");
    expect(kinds).toEqual(["secret", "email", "ip"]);
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
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" }))), (parts) => {
        const once = redact(parts.join(""));
        expect(redact(once)).toBe(once);
      }),
    );
  });
});

describe("time", () => {
  it("has no repetition within a repetition in any rule", () => {
    for (const { pattern } of RULES) {
      const unbounded = pattern.source.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, "x");
      expect(unbounded).not.toMatch(/x[+*]/);
      expect(pattern.global).toBe(true);
    }
  });

  it.each([
    "a",
    "a@",
    "1.",
    "a:",
    "1 ",
    "eyJa.",
    "password=",
    'password="',
    "://a:",
    "-----BEGIN PRIVATE KEY",
    "bearer a",
    "4111 ",
    "-----BEGIN PRIVATE KEY----------END ",
    "Cookie: ",
  ])(
    "stays within reason on a megabyte of %j",
    (piece) => {
      expect(redact(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    },
    20_000,
  );
});
