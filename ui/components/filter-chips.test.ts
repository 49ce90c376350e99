import { expect, test } from "vitest";
import { filterChips } from "./filter-chips.ts";
import { isNarrow, type ListFilter, noFilter } from "./list-filter.ts";

const nowMs = new Date(2026, 10, 23, 12, 0, 0).getTime();
const full: ListFilter = {
  service: "checkout",
  text: "pool",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  templateId: "t1",
  incidentId: "01JA",
  verdict: "unlabelled",
  minScore: 0.9,
  span: "",
  from: new Date(nowMs - 60_000).toISOString(),
  to: new Date(nowMs).toISOString(),
};

test("nothing set needs no chip, nor what has a control in sight", () => {
  expect(filterChips(noFilter, nowMs)).toEqual([]);
  expect(filterChips({ ...noFilter, service: "checkout", text: "pool" }, nowMs)).toEqual([]);
});

test("each part that is set is named, and its chip takes it away", () => {
  const chips = filterChips(full, nowMs);
  expect(chips.map(({ label }) => label)).toEqual([
    "One incident",
    "One template",
    "Trace 4bf92f35",
    "From 11:59:00",
    "Before 12:00:00",
    "No verdict yet",
    "Score ≥ 0.9",
  ]);
  let cleared = full;
  for (const chip of chips) cleared = { ...cleared, ...chip.cleared };
  expect(isNarrow({ ...cleared, service: "", text: "" })).toBe(false);
});

test("a span hides the instants that it overrules", () => {
  expect(filterChips({ ...full, span: "1h" }, nowMs).map(({ label }) => label)).not.toContain(
    "From 11:59:00",
  );
});
