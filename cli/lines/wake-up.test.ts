import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { createWakeUp } from "./wake-up.ts";

const never = new AbortController().signal;
const LONG_MS = 3_600_000;

it("lives without a folder that is missing, and goes by the interval", async () => {
  const wakeUp = createWakeUp(["/nowhere/at/all.log"], 1, systemClock);
  expect(await wakeUp.wait(never)).toBe(false);
  wakeUp.close();
});

it("keeps news that came before it was asked, once", async () => {
  const wakeUp = createWakeUp([], 1, systemClock);
  wakeUp.ring();
  wakeUp.ring();
  expect(await wakeUp.wait(never)).toBe(true);
  expect(await wakeUp.wait(never)).toBe(false);
});

it("wakes for a ring, and for the signal", async () => {
  const wakeUp = createWakeUp([], LONG_MS, systemClock);
  const waiting = wakeUp.wait(never);
  wakeUp.ring();
  expect(await waiting).toBe(true);
  const stop = new AbortController();
  const stopped = wakeUp.wait(stop.signal);
  stop.abort();
  expect(await stopped).toBe(false);
});

it("wakes when the file is written to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logbert-wake-"));
  const wakeUp = createWakeUp([join(folder, "app.log")], LONG_MS, systemClock);
  const waiting = wakeUp.wait(never);
  appendFileSync(join(folder, "other.log"), "x");
  appendFileSync(join(folder, "app.log"), "x");
  expect(await waiting).toBe(true);
  wakeUp.close();
  rmSync(folder, { recursive: true });
});
