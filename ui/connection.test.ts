import { expect, test } from "vitest";
import { createConnectionMonitor } from "./connection.ts";

test("saying the same state twice wakes nobody and counts no connect", () => {
  const monitor = createConnectionMonitor();
  let changes = 0;
  monitor.subscribe(() => {
    changes += 1;
  });
  monitor.report("connecting");
  monitor.report("live");
  monitor.report("live");
  expect(changes).toBe(1);
  expect(monitor.current()).toEqual({ state: "live", connects: 1 });
});

test("each return counts, so that what was missed can be fetched", () => {
  const monitor = createConnectionMonitor();
  for (const state of ["live", "lost", "live"] as const) monitor.report(state);
  expect(monitor.current()).toEqual({ state: "live", connects: 2 });
});

test("a listener that left hears nothing", () => {
  const monitor = createConnectionMonitor();
  let changes = 0;
  const leave = monitor.subscribe(() => {
    changes += 1;
  });
  leave();
  monitor.report("live");
  expect(changes).toBe(0);
});
