import { describe, expect, it } from "vitest";
import { redactConfig } from "./config.ts";
import { createRedactor } from "./redact.ts";

const create = (settings: object = {}) => createRedactor(redactConfig.parse(settings));
const redact = create().plain;

describe("time", () => {
  it("stays within reason on a megabyte of matches of one's own", () => {
    const own = create({ extra_patterns: [{ name: "ID", pattern: "C-\\d{4}|a+$|z+b?" }] });
    expect(own.plain("C-1234 ".repeat(150_000)).length).toBeGreaterThan(0);
    for (const letter of ["a", "z"])
      expect(own.plain(`${letter.repeat(500_000)}.`).length).toBeGreaterThan(0);
  }, 20_000);

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
    "cookie:",
    "Cookie: a=b; ",
    "token=A{",
    "pwd=/",
    "token>a",
    "secret=a&b,c;",
    "2001:db8:",
    "sk-ghp_AKIA-xoxb-",
    "--password --token ",
    "%22password%22%3A",
    "\\u0022",
    "\u001b[31m",
    "password: Some(",
    'password={"value":"',
    "password='a''",
    "password:\n  ",
    'token","value":',
    'password=["a","',
    "eos_token=",
    "tokens:a,",
    "pad_token='a\"",
    "mysql -p",
    "ldapsearch -w a ",
    "net use \\\\a ",
    "vault login ",
    "PDO('a','",
    "auth=('a',",
    "define('password',",
    "config set a.password ",
    "(password)values('a','",
    '(password)values("',
    `(password)values(${" ".repeat(200)}`,
    "(password)values('\\'",
    "mysql ; ;",
    "1 LOGIN b ",
    "> PASS a ",
    '"AUTH" "a" ',
    "enable secret 5 $",
    "password for a is ",
    "otp 1234 code ",
    "echo bob:a| ",
    "credentials a:1",
    "a:b@tcp(",
    '<password a="b" ',
    "$6$a$",
    "?code=reset/a1",
    "/home/x/",
  ])(
    "stays within reason on a megabyte of %j",
    (piece) => {
      expect(redact(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    },
    20_000,
  );
});
