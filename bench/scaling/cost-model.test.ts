import { expect, it } from "vitest";
import { COSTS, type LogKind, planFor, stageLimit } from "./cost-model.ts";

const KIND: LogKind = { name: "a log", usARecord: 40, recordsPerSecondMax: 30_000, bytesARecord: 2 ** 10 };

it("one stage that is enough has no gateway before it, and no spare one beside it", () => {
  const plan = planFor(1_000, 1, KIND);
  expect(plan).toMatchObject({ stages: 1, gateways: 0, sharedVcpus: COSTS.vcpusAStage, usedVcpus: 0.04 });
});

it("several have a spare one, gateways, and cost the database by their number", () => {
  const plan = planFor(100_000, 12, KIND);
  expect(plan.stages).toBe(12 + COSTS.spareStages);
  expect(plan.gateways).toBeGreaterThanOrEqual(COSTS.gatewaysMin);
  expect(plan.sharedVcpus).toBe(plan.usedVcpus / COSTS.utilisation);
  expect(plan.ownVcpus).toBe(plan.stages * COSTS.vcpusAStage);
  expect(plan.statementsPerSecond).toBe(plan.stages * COSTS.statementsAStage);
});

it("a record crosses the network three times, the last time with what was added", () => {
  const [into, between, out] = planFor(2 ** 10, 2, KIND).networkMibPerSecond;
  expect(into).toBe(1);
  expect(between).toBe(1);
  expect(out).toBe(1 + COSTS.bytesAdded / 2 ** 10);
});

it("a stage is planned with a share of what it takes at most", () => {
  expect(stageLimit(KIND)).toBe(30_000 * COSTS.utilisation);
});
