import { beforeEach, describe, expect, it } from "vitest";
import { announceFeedback, type JudgedStore } from "./announce-feedback.ts";

const feedback = (id: string) => ({
  id,
  anomalyId: `a${id}`,
  isTrueAnomaly: true,
  note: undefined,
  author: "ann",
  createdAtMs: 1,
});

let told: unknown[];
let failed: unknown[];
beforeEach(() => {
  told = [];
  failed = [];
});
/** A store in which some feedback is, and whose incidents can be read or not. */
function announcing(isThere: boolean, incidentOfFeedback: JudgedStore["incidentOfFeedback"]): JudgedStore {
  return announceFeedback(
    { addFeedback: async () => isThere, undoFeedback: async () => isThere, incidentOfFeedback },
    (incidentId) => told.push(incidentId),
    (error) => failed.push(error),
  );
}
const known = async (id: string) => (id === "none" ? undefined : `incident of ${id}`);

describe("what is said of an anomaly", () => {
  it("is told of its incident, where it has one, once it is stored", async () => {
    const store = announcing(true, known);
    expect(await store.addFeedback(feedback("1"), feedback("none"))).toBe(true);
    expect(await store.undoFeedback("2", 1, "ann")).toBe(true);
    expect(told).toEqual(["incident of 1", "incident of 2"]);
  });

  it("is told once of an incident, and of that in which it takes back another word", async () => {
    const store = announcing(true, async (id) => (id === "3" ? "before" : "outage"));
    await store.addFeedback({ ...feedback("1"), replaces: ["3"] }, feedback("2"));
    expect(told).toEqual(["outage", "before"]);
  });

  it("is not told of where nothing was stored", async () => {
    const store = announcing(false, known);
    expect(await store.addFeedback(feedback("1"))).toBe(false);
    expect(await store.undoFeedback("1", 1, "ann")).toBe(false);
    expect(told).toEqual([]);
  });

  it("stands, and is answered so, also where its incident cannot be read", async () => {
    const store = announcing(true, () => Promise.reject(new Error("locked")));
    expect(await store.addFeedback(feedback("1"))).toBe(true);
    expect(await store.undoFeedback("1", 1, "ann")).toBe(true);
    expect(failed).toEqual([new Error("locked"), new Error("locked")]);
  });
});
