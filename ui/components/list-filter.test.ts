import { describe, expect, test } from "vitest";
import {
  type FilteredAnomaly,
  filterQuery,
  isNarrow,
  type ListFilter,
  looksDeeper,
  matchesFilter,
  noFilter,
  readFilter,
  readView,
  toFilterInput,
} from "./list-filter.ts";

const full: ListFilter = {
  service: "checkout",
  text: "pool",
  traceId: "4bf9",
  templateId: "t1",
  incidentId: "01JA",
  verdict: "unlabelled",
  minScore: 0.9,
  span: "",
  from: "2026-11-23T10:00:00.000Z",
  to: "2026-11-23T12:00:00.000Z",
};

const anomaly: FilteredAnomaly = {
  time: "2026-11-23T11:00:00.000Z",
  service: "checkout",
  body: "the Pool is empty",
  template: "the <*> is empty",
  templateId: "t1",
  score: 0.95,
  traceId: "4bf9",
  incident: { id: "01JA" },
  feedback: [],
};

describe("the filter in the address", () => {
  test.each(["?min=2&min=x", "?since=3y&verdict=maybe", "?from=yesterday&to=", "?since=constructor"])(
    "%s narrows nothing",
    (query) => {
      expect(readFilter(new URLSearchParams(query))).toEqual(noFilter);
    },
  );

  test.each([full, noFilter, { ...noFilter, span: "24h" } as const])(
    "an address leads back to its filter",
    (filter) => {
      expect(readFilter(new URLSearchParams(filterQuery(filter)))).toEqual(filter);
    },
  );

  test("a change touches its own parameters only", () => {
    expect(filterQuery({ minScore: 0.9, text: "" })).toEqual({ min: "0.9", q: "" });
    expect(filterQuery({ minScore: 0 })).toEqual({ min: "" });
  });

  test("a list is one of incidents unless the address says otherwise", () => {
    expect(readView(new URLSearchParams("?view=nonsense"))).toBe("incidents");
    expect(readView(new URLSearchParams("?view=anomalies"))).toBe("anomalies");
  });
});

test("a service alone narrows the list, but is no more than the subscriptions know", () => {
  expect(isNarrow(noFilter)).toBe(false);
  expect(isNarrow({ ...noFilter, service: "checkout" })).toBe(true);
  expect(looksDeeper({ ...noFilter, service: "checkout" })).toBe(false);
  expect(looksDeeper({ ...noFilter, minScore: 0.5 })).toBe(true);
});

test("the API is asked for what is set, and a span is counted from now", () => {
  const asked = toFilterInput(noFilter, 0);
  expect(Object.values(asked).every((value) => value === null)).toBe(true);
  expect(toFilterInput(full, 0)).toMatchObject({ verdict: "UNLABELLED", from: full.from, to: full.to });
  const nowMs = Date.parse("2026-11-23T12:00:00.000Z");
  expect(toFilterInput({ ...full, span: "1h" }, nowMs)).toMatchObject({
    from: "2026-11-23T11:00:00.000Z",
    to: null,
  });
});

describe("a live arrival", () => {
  test("matches when everything holds, whatever the case of the text", () => {
    expect(matchesFilter(anomaly, full)).toBe(true);
    expect(matchesFilter(anomaly, noFilter)).toBe(true);
  });

  test.each<Partial<ListFilter>>([
    { service: "payments" },
    { text: "full" },
    { traceId: "0000" },
    { templateId: "t2" },
    { incidentId: "01JB" },
    { verdict: "confirmed" },
    { minScore: 0.96 },
    { from: "2026-11-23T11:00:00.001Z" },
    { to: "2026-11-23T11:00:00.000Z" },
  ])("does not match %o", (other) => {
    expect(matchesFilter(anomaly, { ...full, ...other })).toBe(false);
  });
});
