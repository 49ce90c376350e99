import { expect, it } from "vitest";
import type { CanaryStatus, StageStatus } from "../store/store.ts";
import { readinessOf } from "./readiness.ts";

const STATUS: StageStatus = {
  instance: "logbert",
  version: "1",
  modelVersion: "m",
  startedAtMs: 900,
  updatedAtMs: 1_000,
  recordsPerSecond: 0,
  forwardEndpoint: undefined,
  forwardState: "sink",
};
const withCanary = (state: CanaryStatus["state"], checkedAtMs?: number): StageStatus => ({
  ...STATUS,
  canary: { state, checkedAtMs },
});

it("is that of a stage which has written its heartbeat lately", () => {
  expect(readinessOf(STATUS, 950, 2_000, false)).toEqual({ isReady: true, text: "ready" });
  expect(readinessOf(undefined, 950, 2_000, false).isReady).toBe(false);
  expect(readinessOf(STATUS, 1_001, 2_000, false).isReady).toBe(false);
  expect(readinessOf(STATUS, 950, 60_000, false).isReady).toBe(false);
});

it.each(["off", "waiting", "well"] as const)("is no matter of a detector that is %s", (state) => {
  expect(readinessOf(withCanary(state), 950, 2_000, true)).toEqual({ isReady: true, text: "ready" });
});

it("tells a detector that does not work, and fails only where it shall", () => {
  expect(readinessOf(withCanary("collapsed", 990), 950, 2_000, false)).toEqual({
    isReady: true,
    text: "ready; the detector does not find what it should",
  });
  expect(readinessOf(withCanary("collapsed", 990), 950, 2_000, true)).toEqual({
    isReady: false,
    text: "not ready; the detector does not find what it should",
  });
});

it("fails on no collapse of an earlier run, which this one has not measured yet", () => {
  expect(readinessOf(withCanary("collapsed"), 950, 2_000, true)).toEqual({
    isReady: true,
    text: "ready; the detector does not find what it should",
  });
});

it("is not ready while the next hop cannot be connected to", () => {
  const of = (isForwardReachable?: boolean) =>
    readinessOf({ ...STATUS, isForwardReachable }, 950, 2_000, false);
  expect(of(false)).toEqual({ isReady: false, text: "not ready; the next hop cannot be reached" });
  expect(of(true).isReady).toBe(true);
  expect(of().isReady).toBe(true);
});

it("is not ready while the brokers that it reads from cannot be", () => {
  const of = (isKafkaReachable?: boolean) => readinessOf({ ...STATUS, isKafkaReachable }, 950, 2_000, false);
  expect(of(false)).toEqual({
    isReady: false,
    text: "not ready; the brokers of receive.kafka cannot be read from",
  });
  expect(of(true).isReady).toBe(true);
  expect(of().isReady).toBe(true);
});
