import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
});
afterEach(() => under.close());

it("takes feedback, shows it, and takes it back once", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1), anAnomaly(2)] });
  const { data } = await under.ask(
    `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true, note: " disk " }) { id anomalyId note author isTrueAnomaly createdAt } }`,
  );
  const { addFeedback } = z
    .object({
      addFeedback: z.strictObject({
        id: z.ulid(),
        anomalyId: z.literal(idOf(1)),
        note: z.literal("disk"),
        author: z.literal("local"),
        isTrueAnomaly: z.literal(true),
        createdAt: z.iso.datetime(),
      }),
    })
    .parse(data);
  const shown = "{ anomalies(filter: { isTrueAnomaly: true }) { totalCount nodes { feedback { id } } } }";
  expect((await under.ask(shown)).data).toEqual({
    anomalies: { totalCount: 1, nodes: [{ feedback: [{ id: addFeedback.id }] }] },
  });
  const undo = `mutation { undoFeedback(id: "${addFeedback.id}") }`;
  expect((await under.ask(undo)).data).toEqual({ undoFeedback: true });
  expect((await under.ask(undo)).data).toEqual({ undoFeedback: false });
  expect((await under.ask('mutation { undoFeedback(id: "none") }')).data).toEqual({ undoFeedback: false });
  expect((await under.ask(shown)).data).toEqual({ anomalies: { totalCount: 0, nodes: [] } });
});

it("shows who took what back, where it is asked for", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
  const said = (isTrueAnomaly: boolean) =>
    `addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: ${isTrueAnomaly} }) { id }`;
  const { data } = await under.ask(`mutation { first: ${said(true)} second: ${said(false)} }`);
  const { first } = z.object({ first: z.object({ id: z.ulid() }) }).parse(data);
  await under.ask(`mutation { undoFeedback(id: "${first.id}") }`);
  const fields = "isTrueAnomaly author undoneAt undoneBy";
  const { data: shown } = await under.ask(`{ anomaly(id: "${idOf(1)}") {
    standing: feedback { ${fields} } all: feedback(includeUndone: true) { ${fields} } } }`);
  const second = { isTrueAnomaly: false, author: "local", undoneAt: null, undoneBy: null };
  const undoneAt = expect.stringMatching(/^20\d\d-.*Z$/);
  expect(shown).toEqual({
    anomaly: {
      standing: [second],
      all: [{ isTrueAnomaly: true, author: "local", undoneAt, undoneBy: "local" }, second],
    },
  });
});

it("gives later words greater ids, by which the last one counts, within a millisecond too", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1), anAnomaly(2)] });
  const ids: string[] = [];
  for (let round = 1; round <= 6; round++) {
    const ten = Array.from(
      { length: 10 },
      (_, i) =>
        `a${i}: addFeedback(input: { anomalyId: "${idOf(1 + (round % 2))}", isTrueAnomaly: ${i % 2 === 0} }) { id }`,
    );
    const { data } = await under.ask(`mutation { ${ten.join(" ")} }`);
    const given = z.record(z.string(), z.object({ id: z.ulid() })).parse(data);
    ids.push(...Object.values(given).map(({ id }) => id));
  }
  expect(ids).toEqual(ids.toSorted());
  expect((await under.stage.anomalies({ verdict: "confirmed" }, { first: 9 })).length).toBe(0);
});

it("keeps at most a hundred judgements of one anomaly", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
  const ten = `mutation { ${Array.from({ length: 10 }, (_, i) => `a${i}: addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id }`).join(" ")} }`;
  for (let i = 0; i < 10; i++) expect(await under.codeOf(ten)).toBeUndefined();
  expect(await under.codeOf(ten)).toBe("BAD_USER_INPUT");
  expect(await under.stage.feedbackFor([idOf(1)])).toHaveLength(100);
});

it("sets a threshold by value, by budget, and back to automatic, for the stage to see", async () => {
  await under.stage.saveBatch(SHOP);
  const set = async (how: string) =>
    (
      await under.ask(
        `mutation { setThreshold(input: { service: "shop", ${how} }) { service mode value alertsPerDay } }`,
      )
    ).data;
  expect(await set("value: 0.7")).toEqual({
    setThreshold: { service: "shop", mode: "MANUAL", value: 0.7, alertsPerDay: null },
  });
  expect(await under.stage.threshold("shop")).toMatchObject({ mode: "manual", value: 0.7 });
  expect(await set("alertsPerDay: 3, auto: false")).toEqual({
    setThreshold: { service: "shop", mode: "BUDGET", value: 0.7, alertsPerDay: 3 },
  });
  expect(await under.stage.threshold("shop")).toMatchObject({ mode: "budget", alertsPerDay: 3 });
  expect(await set("auto: true")).toMatchObject({ setThreshold: { mode: "AUTO" } });
  expect(await under.stage.threshold("shop")).toMatchObject({ mode: "auto" });
});

it("proposes no threshold from too little feedback, and says how much is missing", async () => {
  await under.stage.saveBatch(SHOP);
  const { data } = await under.ask(
    'mutation { computeThreshold(service: "shop") { value youdensJ message points { threshold } } }',
  );
  expect(data).toEqual({
    computeThreshold: {
      value: null,
      youdensJ: null,
      points: [],
      message: "Too little feedback: 0 of 10 true anomalies and 0 of 50 false alarms.",
    },
  });
});

it("proposes the threshold that parts the feedback best, and does not apply it", async () => {
  const anomalies = Array.from({ length: 70 }, (_, i) => anAnomaly(i, { score: i < 12 ? 0.95 : 0.86 }));
  await under.stage.saveBatch({ ...SHOP, anomalies });
  for (const [i, { id }] of anomalies.entries())
    await under.stage.addFeedback({
      id: `f${i}`,
      anomalyId: id,
      isTrueAnomaly: i < 12,
      note: undefined,
      author: undefined,
      createdAtMs: 1,
    });
  const before = await under.stage.threshold("shop");
  const { data } = await under.ask(
    'mutation { computeThreshold(service: "shop") { value youdensJ points { threshold truePositiveRate falsePositiveRate } } }',
  );
  expect(data).toEqual({
    computeThreshold: {
      value: 0.95,
      youdensJ: 1,
      points: [
        { threshold: 0.95, truePositiveRate: 1, falsePositiveRate: 0 },
        { threshold: 0.86, truePositiveRate: 1, falsePositiveRate: 1 },
      ],
    },
  });
  expect(await under.stage.threshold("shop")).toEqual(before);
});
