import { expect, it } from "vitest";
import { deploymentTitle, shownDeployments } from "./deployment-words.ts";

const deployment = {
  id: "1",
  service: "orders",
  version: "1.4.2",
  deployment: null,
  previousVersion: "1.4.1",
  startedAt: "2026-01-05T08:00:00.000Z",
  learnsUntil: "2026-01-05T08:45:00.000Z",
  newMessageCount: 12,
};
const nowMs = Date.parse("2026-01-05T09:00:00.000Z");

it.each([
  [{}, "New in v1.4.2 (orders): 12 new messages"],
  [{ version: "main-7f3a", newMessageCount: 1 }, "New in main-7f3a (orders): 1 new message"],
  [{ version: "1.4.1", deployment: "4711" }, "New in deployment 4711 (orders): 12 new messages"],
  [
    { version: null, previousVersion: null, deployment: "blue" },
    "New in deployment blue (orders): 12 new messages",
  ],
  [{ deployment: "4711" }, "New in v1.4.2 (orders): 12 new messages"],
])("a card is called after what has changed: %j", (changes, title) => {
  expect(deploymentTitle({ ...deployment, ...changes })).toBe(title);
});

it("shows those of the last day", () => {
  const older = { ...deployment, id: "2", startedAt: "2026-01-04T08:59:00.000Z" };
  expect(shownDeployments([deployment, older], nowMs).map(({ id }) => id)).toEqual(["1"]);
  expect(shownDeployments([deployment, older], nowMs + 86_400_000)).toEqual([]);
});
