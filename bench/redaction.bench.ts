import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { redactConfig } from "../processor/redact/config.ts";
import { createRedactor } from "../processor/redact/redact.ts";
import { labelledLines } from "../test/privacy/labelled-lines.ts";
import { conditions } from "./stage/conditions.ts";
import { figure } from "./stage/statistics.ts";

/**
 * What redaction costs a character of lines that are made to be dear, at 1 kB, 64 kB and 1 MB: the same, if time is linear. Of each the
 * median of several runs. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, runs: { type: "string", default: "9" } },
});
const RUNS = values.quick ? 1 : Number(values.runs);
const SIZES = values.quick ? [1_000, 4_000] : [1_000, 64_000, 1_000_000];
/** Characters of one timing, so that a short text is read often enough to be timed. */
const CHARACTERS_TIMED = values.quick ? 4_000 : 1_000_000;

const FAMILIES: Readonly<Record<string, string>> = {
  "one letter": "a",
  "no e-mail": "a@",
  "nearly e-mails": "a.b%c@d-",
  "e-mails": "a@b.de ",
  "dots and digits": "1.",
  "colons and digits": "a:",
  "nearly IPv6": "2001:db8:",
  "digits with blanks": "4111 ",
  "plus and digits": "+49 170 1",
  "names without values": "password=",
  "quotes that stay open": 'password="',
  "backslashes and quotes": '\\\\"token\\":\\"',
  "values with separators": "secret=a&b,c;",
  cookies: "Cookie: a=b; ",
  "objects behind names": "token=A{",
  "directories behind names": "pwd=/",
  "cookies without values": "cookie:",
  "names in names": "token>a",
  authorization: "authorization: digest ",
  "half a URL": "://a:",
  "half a JWT": "eyJaaaa.",
  "keys that begin": "-----BEGIN PRIVATE KEY-----END ",
  "API keys that begin": "sk-ghp_AKIA-xoxb-",
  options: "--password --token ",
  paths: "/home/\\Users\\",
  "capitals and digits": "DE89",
  brackets: "<SECRET><",
  "names and values in URLs": "%22password%22%3A",
  "escaped quotes": "\\u0022",
  "colours of a terminal": "\u001b[31m",
  "options that stay open": 'password: Some("',
  "maps within names": 'password={"value":"',
  "doubled quotes": "password='a''",
  "names and values in lines": "password:\n  ",
  "pairs without values": 'token","value":',
  "lists that stay open": 'password=["a","',
  "options of programs": "ldapsearch -w a ",
  "commands of protocols": "> PASS a ",
  "rows of tables": "(password)values('a','",
  "calls that stay open": "auth=('a',",
  sentences: "password for a is ",
  "users in paths": "/home/x/",
  "pattern of one's own": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ",
};

const redactor = createRedactor(
  redactConfig.parse({
    extra_patterns: [
      { name: "OWN", pattern: "a+b" },
      { name: "TWO", pattern: "\\w+\\d+x" },
    ],
  }),
);
const usual = createRedactor(redactConfig.parse({}));

/** Nanoseconds a character, the median of the runs. */
function cost(text: string, find: (text: string) => unknown): number {
  const times = Math.max(1, Math.round(CHARACTERS_TIMED / text.length));
  const runs = Array.from({ length: RUNS }, () => {
    const startedAtMs = performance.now();
    for (let time = 0; time < times; time += 1) find(text);
    return ((performance.now() - startedAtMs) * 1e6) / (times * text.length);
  });
  return runs.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

const lines = labelledLines().map(({ text }) => text);
const characters = lines.reduce((sum, line) => sum + line.length, 0);
const perLine = (find: (text: string) => unknown) => {
  const text = lines.join("\n").slice(0, characters);
  return (cost(text, () => lines.map(find)) * text.length) / lines.length / 1_000;
};

const rows = Object.entries(FAMILIES).map(([name, piece]) => {
  const { find } = name.startsWith("pattern") ? redactor : usual;
  const costs = SIZES.map((size) => cost(piece.repeat(Math.ceil(size / piece.length)).slice(0, size), find));
  const [first = 1] = costs;
  return [name, ...costs.map(figure), figure((costs.at(-1) ?? 0) / first)];
});

process.stdout.write(
  [
    conditions(),
    "",
    `Nanoseconds a character, medians of ${RUNS}:`,
    "",
    markdownTable(["line of", ...SIZES.map((size) => `${size / 1_000} kB`), "last : first"], rows),
    "",
    `A line of the labelled ones (${figure(characters / lines.length)} characters): ${figure(perLine(usual.find))} µs to redact it, ${figure(perLine(usual.findInWords))} µs for what a template must not show.`,
    "",
  ].join("\n"),
);
