import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptedIo } from "../test/generate/scripted-io.ts";
import { runGenerate } from "./generate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logbert-generate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const BEGIN_MS = Date.UTC(2026, 0, 5, 8);

const SEEDED = { seed: "42" };

/** Runs with a clock that goes on only while it is slept on. */
async function generate(options: Record<string, unknown>) {
  const { io, printed, told, elapsedMs } = scriptedIo({ beginMs: BEGIN_MS });
  const exitCode = await runGenerate(options, io);
  return { exitCode, lines: printed.join("").split("\n").slice(0, -1), told, tookMs: elapsedMs() };
}

describe("wrong usage", () => {
  it.each([
    [{ rate: "fast" }, /--rate/],
    [{ rate: "0" }, /--rate/],
    [{ seed: "-1" }, /--seed/],
    [{ records: "0.5" }, /--records/],
    [{ duration: "long" }, /--duration: must be a duration/],
    [{ format: "xml" }, /--format/],
    [{ release: "soon" }, /--release: must be a duration/],
    [{ incidents: "fire" }, /--incidents: must be "none" or a list of new-error/],
    [{ incidents: "every=1ms" }, /--incidents/],
    [{ incidents: "burst,every=5s,for=6s" }, /--incidents/],
    [{ incidents: "every=soon" }, /--incidents/],
  ])("%j", async (options, message) => {
    await expect(generate(options)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(message),
    });
  });
});

it("makes another stream each time, with trace ids of its own, and the same one by the seed that it tells", async () => {
  const options = { format: "jsonl", history: "10s", duration: "0" };
  const [one, other] = [await generate(options), await generate(options)];
  const traceIds = ({ lines }: typeof one) =>
    new Set(lines.flatMap((line) => /"trace_id":"(\w+)"/.exec(line)?.[1] ?? []));
  expect(traceIds(one).size).toBeGreaterThan(0);
  const others = traceIds(other);
  expect([...traceIds(one)].filter((id) => others.has(id))).toEqual([]);
  const [, seed] = /^Seed (\d+): --seed/.exec(one.told[0] ?? "") ?? [];
  expect((await generate({ ...options, seed })).lines).toEqual(one.lines);
});

it("prints live lines at the rate for the duration", async () => {
  const { exitCode, lines, tookMs } = await generate({
    format: "lines",
    duration: "60s",
    rate: "20",
    incidents: "none",
    ...SEEDED,
  });
  expect(exitCode).toBe(0);
  expect(tookMs).toBe(60_000);
  expect(lines.length).toBeGreaterThan(800);
  expect(lines.length).toBeLessThan(1_600);
  expect(lines[0]).toMatch(/^2026-01-05T08:00:0/);
});

it("makes the past at once, and without incidents", async () => {
  const { lines, tookMs, told } = await generate({
    format: "jsonl",
    history: "10m",
    duration: "0",
    incidents: "every=5s",
    ...SEEDED,
  });
  expect(tookMs).toBe(0);
  expect(told).toEqual([]);
  expect(lines.length).toBeGreaterThan(20_000);
  expect(lines[0]).toContain('"timestamp":"2026-01-05T07:50:0');
  expect(lines.every((line) => line.endsWith('"incident":null}'))).toBe(true);
});

it("stops after the number of records", async () => {
  expect((await generate({ format: "lines", history: "1m", records: "123" })).lines).toHaveLength(123);
});

it("writes a label for each incident, and tells it", async () => {
  const file = join(folder, "labels.jsonl");
  const { lines, told } = await generate({
    format: "jsonl",
    duration: "25s",
    incidents: "burst,every=10s,for=2s",
    labels: file,
    ...SEEDED,
  });
  const labels = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(labels).toEqual([
    { id: "burst-1", kind: "burst", service: "auth", fromMs: BEGIN_MS + 10_000, toMs: BEGIN_MS + 12_000 },
    {
      id: "burst-2",
      kind: "burst",
      service: "inventory",
      fromMs: BEGIN_MS + 20_000,
      toMs: BEGIN_MS + 22_000,
    },
  ]);
  expect(told[0]).toBe(
    "Incident burst-1: burst in auth, 2026-01-05T08:00:10.000Z to 2026-01-05T08:00:12.000Z",
  );
  expect(lines.some((line) => line.endsWith('"incident":"burst-2"}'))).toBe(true);
});
