import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { EMPTY } from "./empty-batch.ts";
import { keptSince } from "./kept-since.ts";

const PAGE = { first: 9 };

let store: Store;
beforeEach(async () => {
  store = await openStore((await testDatabase()).settings);
});
afterEach(() => store.close());

const write = (...anomalies: readonly Anomaly[]) => store.saveBatch({ ...EMPTY, anomalies });
const label = (anomaly: number) =>
  store.addFeedback({
    id: `f${anomaly}`,
    anomalyId: idOf(anomaly),
    isTrueAnomaly: true,
    note: undefined,
    author: "ann",
    createdAtMs: 1,
  });
/** Whatever an incident says of itself is so of the anomalies that are stored of it. */
async function expectTrue(incident: Incident): Promise<void> {
  const members = await store.anomalies({ incidentId: incident.id }, { first: 1_000 });
  expect(incident.anomalies).toBe(members.length);
  expect(incident.startedAtMs).toBe(Math.min(...members.map(({ timeMs }) => timeMs)));
  expect(incident.lastAtMs).toBe(Math.max(...members.map(({ timeMs }) => timeMs)));
  expect(incident.maxScore).toBe(Math.max(...members.map(({ score }) => score)));
  expect(incident.severityNumber).toBe(Math.max(...members.map(({ severityNumber }) => severityNumber)));
  expect(members.find(({ id }) => id === incident.strongestId)?.score).toBe(incident.maxScore);
  for (const { templateId, anomalies, maxScore, strongestId } of incident.templates) {
    const of = members.filter((one) => one.templateId === templateId);
    expect(anomalies).toBe(of.length);
    expect(maxScore).toBe(Math.max(...of.map(({ score }) => score)));
    expect(of.find(({ id }) => id === strongestId)?.score).toBe(maxScore);
  }
}

it("is told to pollers, since labels go with what is too old", async () => {
  await write(anAnomaly(1));
  const before = await store.changeCounter();
  await store.expire(keptSince(0));
  expect(await store.changeCounter()).toBeGreaterThan(before);
});

describe("an incident that loses some of its anomalies", () => {
  it("is what is left of it where only a weaker one was labelled", async () => {
    await write(
      anAnomaly(1, { score: 0.9, templateId: "t1", severityNumber: 9 }),
      anAnomaly(2, { score: 0.99, templateId: "t2", template: "disk full" }),
      anAnomaly(3, { score: 0.95, templateId: "t1" }),
    );
    await label(1);
    await store.expire({ ...keptSince(0), beforeMs: 10_000 });
    expect(await store.incidents({}, PAGE)).toEqual([
      {
        id: idOf(1),
        service: "shop",
        startedAtMs: 1_000,
        lastAtMs: 1_000,
        anomalies: 1,
        maxScore: 0.9,
        severityNumber: 9,
        strongestId: idOf(1),
        templates: [
          {
            templateId: "t1",
            template: "payment of <NUM> failed",
            anomalies: 1,
            maxScore: 0.9,
            strongestId: idOf(1),
          },
        ],
      },
    ]);
  });

  it("is what is left of it where it lies on the edge of the retention, templates in their order", async () => {
    await write(
      anAnomaly(1, { score: 0.99, templateId: "t1" }),
      anAnomaly(2, { score: 0.91, templateId: "t2" }),
      anAnomaly(3, { score: 0.92, templateId: "t3" }),
      anAnomaly(4, { score: 0.92, templateId: "t2" }),
      anAnomaly(5, { score: 0.9, templateId: "t1" }),
    );
    await store.expire(keptSince(3_000));
    const [incident, ...others] = await store.incidents({}, PAGE);
    expect(others).toEqual([]);
    if (incident === undefined) throw new Error("no incident");
    await expectTrue(incident);
    expect(incident.templates.map(({ templateId }) => templateId)).toEqual(["t3", "t2", "t1"]);
    // It can still be added to.
    await write(anAnomaly(6, { score: 0.97 }));
    expect(await store.incidentsById([idOf(1)])).toMatchObject([{ anomalies: 4, strongestId: idOf(6) }]);
  });

  it("tells at most 20 templates apart, and counts the others", async () => {
    await write(...Array.from({ length: 40 }, (_, i) => anAnomaly(i + 1, { templateId: `t${i}` })));
    await store.expire(keptSince(6_000));
    const [incident] = await store.incidents({}, PAGE);
    expect(incident?.anomalies).toBe(35);
    expect(incident?.templates).toHaveLength(20);
    expect(incident?.templates[0]?.templateId).toBe("t5");
  });

  it("stays as it is when samples are trimmed: they belong to no incident", async () => {
    const sample = (number: number) => ({ slot: `odd ${number} shop`, record: anAnomaly(number) });
    await store.saveBatch({
      ...EMPTY,
      anomalies: [anAnomaly(1), anAnomaly(3)],
      samples: [sample(2), sample(4)],
    });
    const before = await store.incidents({}, PAGE);
    await store.expire({ ...keptSince(0), samplesMax: 0 });
    expect(await store.anomaliesById([2, 4].map(idOf))).toEqual([]);
    expect(await store.incidents({}, PAGE)).toEqual(before);
  });

  it("goes with the last of them, alone", async () => {
    await write(anAnomaly(1), anAnomaly(2), anAnomaly(9_000), anAnomaly(1, { id: idOf(5), service: "auth" }));
    await label(5);
    await store.expire({ ...keptSince(0), beforeMs: 10_000 });
    expect((await store.incidents({}, PAGE)).map(({ id }) => id)).toEqual([idOf(9_000), idOf(5)]);
    await store.expire(keptSince(10_000));
    expect((await store.incidents({}, PAGE)).map(({ id }) => id)).toEqual([idOf(9_000)]);
  });
});

it("many incidents of many anomalies are cut at the edge in one go", async () => {
  const services = Array.from({ length: 120 }, (_, i) => `s${i}`);
  for (const service of services)
    await write(
      ...Array.from({ length: 40 }, (_, i) =>
        anAnomaly(i, {
          id: `${idOf(i)}${service}`,
          service,
          score: 0.99 - i / 1_000,
          templateId: `t${i % 3}`,
        }),
      ),
    );
  await store.expire(keptSince(20_000));
  const incidents = await store.incidents({}, { first: 500 });
  expect(incidents).toHaveLength(services.length);
  for (const incident of incidents) await expectTrue(incident);
});

it("of very many rows leaves none that is too old, and all others", async () => {
  await write(...Array.from({ length: 2_500 }, (_, number) => anAnomaly(number)));

  await store.expire(keptSince(2_400 * 1_000));
  expect(await store.countAnomalies({})).toBe(100);
  const incidents = await store.incidents({}, { first: 1_000 });
  expect(incidents.reduce((sum, { anomalies }) => sum + anomalies, 0)).toBe(100);
});

it("keeps the newest of what senders can make up without end", async () => {
  const sightings = Array.from({ length: 101_001 }, (_, index) => ({ service: `s${index}`, ageMs: 0 }));
  await store.saveSightings([{ service: "oldest", ageMs: 0 }], "a");
  await store.saveSightings(sightings, "a");
  await store.addToJournal([{ name: "p", json: "oldest" }], "one", 5);
  for (let from = 0; from < 100_000; from += 1_000)
    await store.addToJournal(
      Array.from({ length: 1_000 }, () => ({ name: "p", json: "1" })),
      "one",
      5,
    );
  await store.expire(keptSince(0));
  const kept = await store.servicesSeenBy("a");
  expect(kept).toHaveLength(100_000);
  expect(kept).not.toContain("oldest");
  const [first] = await store.journalSince("p", 0, 1);
  expect(first?.json).toBe("1");
});
