import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { monotonicFactory } from "ulid";
import { beforeEach, describe, expect, it } from "vitest";
import { readRecorded } from "../../processor/promote/read-recorded.ts";
import type { RecordedRun } from "../../processor/promote/recorded-format.ts";
import { createSegments, type Segments } from "../../processor/promote/segments.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const MIB = 1024 * 1024;

let directory: string;
let segments: Segments;
const newId = monotonicFactory();
const open = (bytesMax = MIB) => {
  segments = createSegments({
    directory,
    bytesMax,
    newId: () => newId(),
    redact: (text) => text.replaceAll("bob", "<NAME>"),
  });
};
beforeEach(() => {
  directory = join(temporaryDirectory("recorded"), "training");
  open();
});

const aRun = (fields: Partial<RecordedRun> = {}): RecordedRun => ({
  service: "shop",
  stream: "9b2e",
  begins: false,
  ends: false,
  continues: false,
  startMs: 1_000,
  events: [{ template: { id: "t1", text: "hello bob" }, gapMs: 0, severityNumber: 9 }],
  ...fields,
});
const files = () =>
  readdirSync(directory)
    .sort()
    .map((name) => join(directory, name));
const read = async (paths: readonly string[] = files()) => {
  const runs: RecordedRun[] = [];
  for (const path of paths) for await (const run of readRecorded(path)) runs.push(run);
  return runs;
};

describe("a recorded file that is none", () => {
  const failureOf = async (text: string) => {
    const file = join(temporaryDirectory("recorded"), "file.jsonl");
    writeFileSync(file, text);
    return read([file]).then(
      () => expect.unreachable("should have failed"),
      (error: Error) => error.message,
    );
  };
  const header = '{"format":"logbert-recorded/1"}\n';

  it.each([
    ["no header", '{"template":0,"id":"a","text":"a"}\n', ":1: does not name the format"],
    ["another format", '{"format":"logbert-recorded/2"}\n{}\n', ":1:"],
    ["no JSON in its middle", `${header}hello\n${header}`, ":2: is no JSON"],
    [
      "a template that is not defined",
      `${header}{"service":"s","stream":"x","startMs":1,"templates":[3],"gapsMs":[0],"severities":[9]}\n`,
      ":2: names a template",
    ],
    [
      "arrays of different lengths",
      `${header}{"service":"s","stream":"x","startMs":1,"templates":[],"gapsMs":[0],"severities":[]}\n${header}`,
      "differ in length",
    ],
  ])("is refused with its line: %s", async (_, text, message) => {
    expect(await failureOf(text)).toContain(message);
  });

  it("is read up to a last line that was cut off", async () => {
    await segments.append([aRun()]);
    for (const file of files()) appendFileSync(file, '{"service":"shop","str');
    expect(await read()).toHaveLength(1);
  });
});

describe("recorded runs", () => {
  it("come back as they were, whatever they hold, with their templates redacted", async () => {
    const event = fc.record({
      template: fc.string({ unit: "binary" }).map((text) => ({ id: `id of ${text}`, text })),
      gapMs: fc.nat(),
      severityNumber: fc.nat(24),
    });
    const run: fc.Arbitrary<RecordedRun> = fc.record({
      service: fc.constantFrom("shop", "a\u2028b\nc"),
      stream: fc.string(),
      begins: fc.boolean(),
      ends: fc.boolean(),
      continues: fc.boolean(),
      startMs: fc.nat(),
      events: fc.array(event, { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(run), async (runs) => {
        rmSync(directory, { recursive: true, force: true });
        open();
        await segments.append(runs);
        expect(await read()).toEqual(runs.length === 0 ? [] : runs);
      }),
      { numRuns: 50 },
    );
    rmSync(directory, { recursive: true, force: true });
    open();
    await segments.append([aRun(), aRun({ continues: true })]);
    expect((await read()).map(({ events }) => events[0]?.template.text)).toEqual([
      "hello <NAME>",
      "hello <NAME>",
    ]);
    expect(files().map((file) => readFileSync(file, "utf8").match(/hello/g)?.length)).toEqual([1]);
  });

  it("stay under their bound, the oldest go, and each file that is left can be read alone", async () => {
    open(64 * 1024);
    const events = Array.from({ length: 200 }, (_, i) => ({
      template: { id: `t${i % 7}`, text: `step ${i % 7}` },
      gapMs: i,
      severityNumber: 9,
    }));
    for (let i = 0; i < 200; i += 1) await segments.append([aRun({ events, startMs: i })]);
    const bytes = files().reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThanOrEqual(64 * 1024 * 1.25);
    expect(bytes).toBeGreaterThan(64 * 1024 * 0.7);
    for (const file of files()) await read([file]);
    expect((await read()).at(-1)?.startMs).toBe(199);
  });

  it("go on in new files after a restart", async () => {
    await segments.append([aRun()]);
    open();
    await segments.append([aRun({ startMs: 2 })]);
    expect((await read()).map(({ startMs }) => startMs)).toEqual([1_000, 2]);
    expect(files()).toHaveLength(2);
  });

  it("are frozen as they are, while others go on being recorded and old ones are deleted", async () => {
    await segments.append([aRun()]);
    const target = join(temporaryDirectory("recorded"), "frozen");
    const frozen = await segments.freeze(target);
    await segments.append([aRun({ startMs: 2 })]);
    for (const file of files().slice(0, 1)) rmSync(file);
    expect((await read(frozen)).map(({ startMs }) => startMs)).toEqual([1_000]);
  });

  it("are handed over, but for those that somebody has deleted", async () => {
    await segments.append([aRun()]);
    open();
    await segments.append([aRun({ startMs: 2 })]);
    for (const file of files().slice(0, 1)) rmSync(file);
    const taken: number[] = [];
    const take = async ({ path }: { readonly path: string }) => {
      for (const { startMs } of await read([path])) taken.push(startMs);
    };
    await expect(segments.handOver(take)).rejects.toThrow("ENOENT");
    await segments.handOver(take);
    expect(taken).toEqual([2]);
    expect(files()).toEqual([]);
  });

  it("are lost where the directory cannot be written, and recorded again where it can", async () => {
    writeFileSync(directory, "a file in its place");
    await expect(segments.append([aRun()])).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(directory);
    mkdirSync(directory);
    await segments.append([aRun({ startMs: 3 })]);
    expect((await read()).map(({ startMs }) => startMs)).toEqual([3]);
  });
});
