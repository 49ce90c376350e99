import DataLoader from "dataloader";
import { expect, it } from "vitest";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import { anAnomaly, idOf } from "../../test/store-contract/an-anomaly.ts";
import { strongestOf } from "./incidents.ts";

const incident = (strongest: number): Incident => ({
  id: idOf(1),
  service: "shop",
  startedAtMs: 1,
  lastAtMs: 2,
  anomalies: 2,
  maxScore: 0.9,
  severityNumber: 17,
  strongestId: idOf(strongest),
  templates: [],
});
const stored = (number: number): StoredAnomaly => ({
  ...anAnomaly(number),
  isAlert: true,
  incidentId: idOf(1),
});
/** A store in which the anomaly 1 is the only one that is left. */
const reading = (now: Incident | undefined) => ({
  anomalyOf: new DataLoader<string, StoredAnomaly | undefined>(async (ids) =>
    ids.map((id) => (id === idOf(1) ? stored(1) : undefined)),
  ),
  incidentOf: new DataLoader<string, Incident | undefined>(async (ids) => ids.map(() => now)),
});

it("the strongest anomaly is another one where the one that was has expired since the incident was read", async () => {
  const context = reading(incident(1));
  context.incidentOf.prime(idOf(1), incident(2));
  expect((await strongestOf(incident(2), context)).id).toBe(idOf(1));
});

it("an incident that has expired since it was read is told to be gone, as a mistake of nobody", async () => {
  await expect(strongestOf(incident(2), reading(undefined))).rejects.toMatchObject({
    extensions: { code: "UNAVAILABLE" },
  });
});
