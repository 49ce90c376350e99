import { describe, expect, test } from "vitest";
import { inOrder, orderedNames, pageOf, toServiceSort } from "./service-order.ts";

const service = (name: string, records: number, anomalies: number, lastSeen: string | null = null) => ({
  name,
  records,
  anomalies,
  lastSeen,
});
const services = [
  service("payments", 10, 3, "2026-11-23T12:00:00Z"),
  service("checkout", 10, 7, "2026-11-23T11:00:00Z"),
  service("audit", 99, 3),
];

test.each([null, "", "Name", "severity"])("%j in the address is by name", (text) => {
  expect(toServiceSort(text)).toBe("name");
});

describe("the order of services", () => {
  test.each([
    ["name", ["audit", "checkout", "payments"]],
    ["anomalies", ["checkout", "audit", "payments"]],
    ["records", ["audit", "checkout", "payments"]],
    ["seen", ["payments", "checkout", "audit"]],
  ] as const)("by %s is %j", (sort, names) => {
    expect(orderedNames(services, sort)).toEqual(names);
  });

  test("is kept while figures change; a newcomer comes last", () => {
    const order = orderedNames(services, "anomalies");
    const later = [
      service("aaa", 1, 1),
      ...services.map((one) => ({ ...one, anomalies: 100 - one.anomalies })),
    ];
    expect(inOrder(later, order, "").map(({ name }) => name)).toEqual([
      "checkout",
      "audit",
      "payments",
      "aaa",
    ]);
  });

  test("is narrowed to names with a text, whatever the case", () => {
    expect(inOrder(services, [], " AY").map(({ name }) => name)).toEqual(["payments"]);
    expect(inOrder(services, [], "nothing like it")).toEqual([]);
  });
});

describe("pages of rows", () => {
  const rows = Array.from({ length: 120 }, (_, i) => i);

  test.each([
    [null, 1, 50],
    ["2", 2, 50],
    ["3", 3, 20],
    ["4", 3, 20],
    ["0", 1, 50],
    ["-1", 1, 50],
    ["1.5", 1, 50],
    ["many", 1, 50],
  ])("%j is page %d with %d rows", (text, page, count) => {
    const cut = pageOf(rows, 50, text);
    expect(cut).toMatchObject({ page, pages: 3 });
    expect(cut.rows).toHaveLength(count);
    expect(cut.rows[0]).toBe((page - 1) * 50);
  });

  test("nothing is one empty page", () => {
    expect(pageOf([], 50, "7")).toEqual({ rows: [], page: 1, pages: 1 });
  });
});
