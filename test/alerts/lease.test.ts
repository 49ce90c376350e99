import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAlertLease } from "../../api/alerts/alert-lease.ts";
import { openSqlite } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const HOUR_MS = 3_600_000;

let store: Store;
let clock: { nowMs: number; elapsedMs: number };
beforeEach(async () => {
  store = await openSqlite(join(temporaryDirectory("lease"), "logbert.db"), Date.now);
  clock = { nowMs: 10 * HOUR_MS, elapsedMs: 0 };
});
afterEach(() => store.close());

/** A process of this machine, or of one whose clock is ahead. */
const processOf = (holder: string, channels: readonly string[], aheadMs = 0) =>
  createAlertLease({
    store,
    holder,
    channels,
    renewMs: 3_000,
    now: () => clock.nowMs + aheadMs,
    elapsed: () => clock.elapsedMs,
  });
const pass = (ms: number) => {
  clock.nowMs += ms;
  clock.elapsedMs += ms;
};
const names = async () => (await store.channelStatuses()).map(({ name }) => name);

describe("a lease", () => {
  it("is one process's for as long as it prolongs it, then another one's, with its channels", async () => {
    const [one, two] = [processOf("one", ["a"]), processOf("two", ["b"])];
    for (let turn = 0; turn < 10; turn += 1) {
      await one.renew();
      await two.renew();
      expect([one.isHeld(), two.isHeld()]).toEqual([true, false]);
      pass(3_000);
    }
    expect(await names()).toEqual(["a"]);
    pass(15_000);
    await two.renew();
    expect([one.isHeld(), two.isHeld()]).toEqual([false, true]);
    expect(await names()).toEqual(["b"]);
    await two.release();
    await one.renew();
    expect([one.isHeld(), two.isHeld()]).toEqual([true, false]);
    expect(await names()).toEqual(["a"]);
  });

  it("is one process's also where another one's clock is far ahead or behind", async () => {
    const all = [0, -HOUR_MS, HOUR_MS].map((aheadMs) => processOf(`ahead by ${aheadMs}`, [], aheadMs));
    for (let turn = 0; turn < 20; turn += 1) {
      for (const one of all) await one.renew();
      expect(all.map((one) => one.isHeld())).toEqual([true, false, false]);
      pass(3_000);
    }
  });

  it("is not held after the machine has slept, in which one of its clocks stood still, until it is prolonged", async () => {
    const one = processOf("one", []);
    await one.renew();
    clock.nowMs += HOUR_MS;
    expect(one.isHeld()).toBe(false);
    await one.renew();
    expect(one.isHeld()).toBe(true);
  });

  it("does not last longer because the clock is set back", async () => {
    const one = processOf("one", []);
    await one.renew();
    clock.nowMs -= HOUR_MS;
    clock.elapsedMs += 10_000;
    expect(one.isHeld()).toBe(false);
  });
});
