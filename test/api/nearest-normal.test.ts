import { afterEach, beforeEach, expect, it } from "vitest";
import type { Anomaly, Sample } from "../../store/anomaly.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
});
afterEach(() => under.close());

const MINUTE_MS = 60_000;

const windowOf = (timeMs: number, templates: string): Anomaly["window"] =>
  [...templates].map((template, index) => ({
    timeMs: timeMs - (templates.length - 1 - index) * 10,
    template,
    severityNumber: 9,
    isSubject: index === templates.length - 1,
  }));

/** The record with the id of `number`, at `number` minutes, with a window of one-letter templates. */
const record = (number: number, templates: string, fields: Partial<Anomaly> = {}) =>
  anAnomaly(number, {
    timeMs: number * MINUTE_MS,
    window: windowOf(number * MINUTE_MS, templates),
    ...fields,
  });

const sample = (number: number, templates: string, fields: Partial<Anomaly> = {}): Sample => ({
  slot: `usual slot ${number}`,
  record: record(number, templates, fields),
});

const nearestOf = async (number: number) => {
  const { data } = await under.ask(
    "query ($id: ID!) { anomaly(id: $id) { nearestNormal { distance time window { time template severity isSubject } } } }",
    { id: idOf(number) },
  );
  return data?.["anomaly"];
};

it("is null while no normal sequence of the service is stored", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [record(9, "abc")],
    samples: [sample(1, "abc", { service: "other" })],
  });
  expect(await nearestOf(9)).toEqual({ nearestNormal: null });
});

it("is the stored sequence with the fewest differences, and of several the newest", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [record(9, "abcx")],
    samples: [sample(1, "abcd"), sample(2, "abce"), sample(3, "zzzz")],
  });
  expect(await nearestOf(9)).toEqual({
    nearestNormal: {
      distance: 1,
      time: "1970-01-01T00:02:00.000Z",
      window: [
        { time: "1970-01-01T00:01:59.970Z", template: "a", severity: "INFO", isSubject: false },
        { time: "1970-01-01T00:01:59.980Z", template: "b", severity: "INFO", isSubject: false },
        { time: "1970-01-01T00:01:59.990Z", template: "c", severity: "INFO", isSubject: false },
        { time: "1970-01-01T00:02:00.000Z", template: "e", severity: "INFO", isSubject: true },
      ],
    },
  });
});

it("is none of the incident's own: what lies within a minute of the anomaly's window", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [record(9, "abcx")],
    samples: [sample(8, "abcx"), sample(10, "abcx"), sample(1, "zzzz")],
  });
  expect(await nearestOf(9)).toMatchObject({ nearestNormal: { distance: 4 } });
});

it("of a sampled record is another one, not itself", async () => {
  await under.stage.saveBatch({ ...SHOP, samples: [sample(1, "abq"), sample(9, "abc")] });
  expect(await nearestOf(9)).toMatchObject({ nearestNormal: { distance: 1 } });
});

it("is not given to more anomalies of one operation than there are rows for", async () => {
  const anomalies = Array.from({ length: 150 }, (_, index) => record(index + 10, "abc"));
  await under.stage.saveBatch({ ...SHOP, anomalies, samples: [sample(1, "abd")] });
  const query = "query ($first: Int) { anomalies(first: $first) { nodes { nearestNormal { distance } } } }";
  expect(await under.codeOf(query, { first: 50 })).toBeUndefined();
  expect(await under.codeOf(query, { first: 150 })).toBe("BAD_USER_INPUT");
});
