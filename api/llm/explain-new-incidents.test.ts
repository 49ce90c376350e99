import { expect, it } from "vitest";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { explainNewIncidents } from "./explain-new-incidents.ts";

const anomalyOf = (id: string): StoredAnomaly => ({
  id,
  timeMs: 0,
  service: "shop",
  stream: "shop",
  severityNumber: 17,
  severityText: "ERROR",
  body: "",
  kind: "t",
  templateId: "t",
  template: "t",
  score: 1,
  threshold: 0.9,
  modelVersion: "m",
  traceId: undefined,
  explanation: { summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] },
  window: [],
  isAlert: true,
  incidentId: "i",
});

it("asks about each incident once, unless another process has, and goes on after one that cannot be read or is gone", async () => {
  async function* incidents() {
    for (const [id, strongestId] of [
      ["i1", "a1"],
      ["i2", "locked"],
      ["i3", "gone"],
      ["i1", "a2"],
      ["i4", "a4"],
      ["i5", "a5"],
    ] as const)
      yield { id, strongestId };
  }
  const asked: string[] = [];
  const errors: string[] = [];
  await explainNewIncidents(incidents(), {
    store: {
      async anomaly(id) {
        if (id === "locked") throw new Error("locked");
        return id === "gone" ? undefined : anomalyOf(id);
      },
      claimIncident: async (id) => id !== "i5",
    },
    explainer: {
      async explain({ id }, asker) {
        asked.push(`${id} ${asker}`);
      },
    },
    onError: (error) => errors.push(String(error)),
  });
  expect(asked).toEqual(["a1 automatic", "a4 automatic"]);
  expect(errors).toEqual(["Error: locked"]);
});
