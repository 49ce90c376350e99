import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineReader } from "./create-line-reader.ts";
import { detectFormat } from "./detect-format.ts";
import { LINE_FORMATS, type LineFormat } from "./parsed-line.ts";

const now = () => Date.UTC(2026, 5, 20);

function read(lines: readonly string[], format: LineFormat = "auto") {
  const reader = createLineReader({ format, now });
  return [...lines.flatMap((line) => reader.push(line)), ...reader.flush()];
}
const bodies = (lines: readonly string[], format?: LineFormat) => read(lines, format).map(({ body }) => body);

const SAMPLES = {
  plain: ["081109 203530 143 INFO dfs.Node: up", "just text"],
  json: ['{"msg":"a"}', "  at frame (x.js:1:1)", '{"msg":"b"}'],
  syslog: ["Jun 14 15:16:01 combo sshd[1]: a", "<34>Oct 11 22:14:15 host su: b"],
  cri: ["2016-10-06T00:17:09.669794202Z stdout F a", "2016-10-06T00:17:10.113242941Z stderr P b"],
  docker: ['{"log":"a\\n","stream":"stdout","time":"2026-01-02T03:04:05.1Z"}'],
} as const;

describe("the format", () => {
  it("of nothing is plain", () => {
    expect(detectFormat([])).toBe("plain");
    expect(detectFormat(["", " "])).toBe("plain");
  });

  it.each(Object.entries(SAMPLES))("%s is found", (format, lines) => {
    expect(detectFormat(lines)).toBe(format);
  });

  it("is not syslog for a sentence after a time", () => {
    expect(detectFormat(["Jun 14 15:16:01 combo has started"])).toBe("plain");
  });

  it("is found again while less than 20 lines were seen", () => {
    const reader = createLineReader({ format: "auto", now });
    reader.push("Welcome");
    expect(reader.flush().map(({ body }) => body)).toEqual(["Welcome"]);
    for (let i = 0; i < 3; i += 1) reader.push('{"msg":"a"}');
    expect(reader.flush().map(({ body }) => body)).toEqual(["a", "a", "a"]);
  });
});

describe("plain text", () => {
  it("stays whole, with its time and level told beside it", () => {
    expect(read(["081109 203530 143 INFO dfs.Node: up"])[0]).toMatchObject({
      body: "081109 203530 143 INFO dfs.Node: up",
      timeUnixNano: BigInt(Date.UTC(2008, 10, 9, 20, 35, 30)) * 1_000_000n,
      severityNumber: 9,
    });
  });
});

describe("JSON", () => {
  it("goes on after lines that are none", () => {
    expect(bodies(SAMPLES.json)).toEqual(["a", "  at frame (x.js:1:1)", "b"]);
  });
});

describe("container logs", () => {
  const cri = (second: number, stream: string, tag: string, text: string) =>
    `2026-01-02T03:04:0${second}.000000001Z ${stream} ${tag} ${text}`;

  it("join partial lines of each stream, with the time of the first", () => {
    const lines = [
      cri(1, "stdout", "P", "one "),
      cri(2, "stderr", "F", "ERROR two"),
      cri(3, "stdout", "F", "line"),
      cri(4, "stdout", "F", "next"),
    ];
    const records = read(lines, "cri");
    expect(records.map(({ body }) => body)).toEqual(["one line", "next", "ERROR two"]);
    expect(records[0]).toMatchObject({
      timeUnixNano: BigInt(Date.UTC(2026, 0, 2, 3, 4, 1)) * 1_000_000n + 1n,
      attributes: { "log.iostream": "stdout" },
      source: `${lines[0]}\n${lines[2]}`,
    });
  });

  it("join stack traces inside", () => {
    const lines = [
      cri(1, "stdout", "F", "ERROR x"),
      cri(1, "stdout", "F", "\tat y"),
      cri(2, "stdout", "F", "INFO z"),
    ];
    expect(bodies(lines, "cri")).toEqual(["ERROR x\n\tat y", "INFO z"]);
  });

  it("read JSON inside", () => {
    expect(read([cri(1, "stdout", "F", '{"level":"warn","msg":"m","service":"s"}')], "cri")[0]).toMatchObject(
      {
        body: "m",
        severityNumber: 13,
        service: "s",
      },
    );
  });

  it("of Docker are read as well, with an empty line and a partial one", () => {
    const docker = (log: string) => JSON.stringify({ log, stream: "stdout", time: "2026-01-02T03:04:05.1Z" });
    expect(bodies([docker("\n"), docker("par"), docker("tial\r\n"), docker("last")])).toEqual([
      "partial",
      "last",
    ]);
  });

  it("give up joining at the limit, without loss", () => {
    const reader = createLineReader({ format: "cri", now, limits: { linesMax: 2, charactersMax: 100 } });
    const lines = ["a", "b", "c", "d", "e"].map((text) => cri(1, "stdout", "P", text));
    const records = [...lines.flatMap((line) => reader.push(line)), ...reader.flush()];
    expect(records.map(({ body }) => body)).toEqual(["ab", "cd", "e"]);
  });
});

describe("any lines in any format", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...Object.values(SAMPLES).flat(), " at x", ""),
  );
  it.each(LINE_FORMATS)("%s: nothing is thrown, and every written line comes out once", (format) => {
    fc.assert(
      fc.property(
        fc.array(
          line.map((text) => text.replaceAll("\n", " ")),
          { maxLength: 60 },
        ),
        (lines) => {
          const sources = read(lines, format).flatMap(({ source }) => source.split("\n"));
          expect(sources.toSorted()).toEqual(expectedSources(lines, format).toSorted());
        },
      ),
    );
  });

  /** Blank lines, also those inside a container's envelope, carry no record. */
  function expectedSources(lines: readonly string[], format: LineFormat): readonly string[] {
    const isContainer = format === "cri" || format === "docker" || format === "auto";
    return lines.filter((text) => text.trim() !== "" && !(isContainer && text.endsWith(" stdout F ")));
  }
});

describe("hostile lines", () => {
  const LENGTH = 1_000_000;
  it.each(["[", "{", "9", " ", "a.", "<1>1 ", "Jun 14 ", '[a b="', "\\", "goroutine ", "at ", "("])(
    "of a million characters of %j take linear time",
    (unit) => {
      const text = unit.repeat(LENGTH / unit.length);
      for (const format of LINE_FORMATS)
        expect(read([text, `x${text}`, "end"], format).length).toBeGreaterThan(0);
    },
  );
});
