import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Forwarder } from "../processor/forward/forwarder.ts";
import { readRequest } from "../processor/wire/read-request.ts";
import { scriptedIo } from "../test/generate/scripted-io.ts";
import { runReplay } from "./replay.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logbert-replay-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Plays a file against a clock that goes on only while it is slept on: [time since the begin, body, the record's own time]. */
async function replay(
  content: string,
  options: Record<string, unknown>,
  stopAtMs = Number.POSITIVE_INFINITY,
) {
  const path = join(folder, "shop.log");
  writeFileSync(path, content);
  const { io, told, elapsedMs } = scriptedIo({
    beginMs: Date.UTC(2026, 6, 1),
    onSleep: (_, stop) => (elapsedMs() >= stopAtMs ? stop() : undefined),
  });
  const sent: { atMs: number; body: string; time: string; service: unknown }[] = [];
  const forwarder: Forwarder = {
    async forward(bytes) {
      for (const record of readRequest(bytes).records) {
        const time = new Date(Number(record.timeUnixNano / 1_000_000n)).toISOString();
        sent.push({
          atMs: elapsedMs(),
          body: record.body,
          time,
          service: record.resourceAttribute("service.name"),
        });
      }
      return { kind: "accepted", rejectedRecords: 0, message: "" };
    },
    close: async () => undefined,
  };
  const exitCode = await runReplay(path, options, io, () => forwarder);
  return { exitCode, sent, told };
}

const CONTENT = "2026-01-05T08:00:00Z a\n2026-01-05T08:00:30Z b\n\tat c\n2026-01-05T08:01:00Z d";

it.each(["fast", "-1", "", "1e9"])("speed %j is wrong usage", async (speed) => {
  await expect(replay(CONTENT, { speed })).rejects.toMatchObject({ name: "UsageError" });
});

it("fails for a file that is not there", async () => {
  await expect(runReplay(join(folder, "none"), {}, scriptedIo({ beginMs: 0 }).io)).rejects.toThrow(/ENOENT/);
});

it("keeps each record's own time, and the rhythm at ten times the speed", async () => {
  const { exitCode, sent, told } = await replay(CONTENT, { speed: "10" });
  expect(exitCode).toBe(0);
  expect(sent).toEqual([
    { atMs: 0, body: "2026-01-05T08:00:00Z a", time: "2026-01-05T08:00:00.000Z", service: "shop" },
    {
      atMs: 3_000,
      body: "2026-01-05T08:00:30Z b\n\tat c",
      time: "2026-01-05T08:00:30.000Z",
      service: "shop",
    },
    { atMs: 6_000, body: "2026-01-05T08:01:00Z d", time: "2026-01-05T08:01:00.000Z", service: "shop" },
  ]);
  expect(told).toEqual(["3 records acknowledged."]);
});

it.each(["0", "max"])("waits for nothing at speed %s", async (speed) => {
  const { sent } = await replay(CONTENT, { speed });
  expect(sent.map(({ atMs }) => atMs)).toEqual([0, 0, 0]);
});

it("ends with 1 when it is stopped early", async () => {
  const { exitCode, sent } = await replay(CONTENT, {}, 30_000);
  expect(exitCode).toBe(1);
  expect(sent.map(({ body }) => body)).not.toContain("2026-01-05T08:01:00Z d");
});

it("plays an empty file", async () => {
  expect(await replay("", {})).toMatchObject({ exitCode: 0, sent: [] });
});
