import { expect, it } from "vitest";
import { apartByService, serviceOf } from "./apart-by-service.ts";
import type { Line } from "./streams.ts";

const SERVICES = ["a", "b", "c"];
const lines: readonly Line[] = Array.from({ length: 100 }, (_, i) => ({
  instance: `node-${i % 10}`,
  severity: 9,
  body: `line ${i}`,
  attributes: {},
}));

it("each run of so many lines is of one service, and each instance's lines stay in their order", () => {
  const apart = apartByService(lines, SERVICES, 5);
  expect(apart.length).toBeGreaterThan(80);
  for (let at = 0; at < apart.length; at += 5)
    expect(new Set(apart.slice(at, at + 5).map((line) => serviceOf(line, SERVICES)))).toHaveProperty(
      "size",
      1,
    );
  for (const [instance, own] of Map.groupBy(apart, (line) => line.instance)) {
    const expected = lines.filter((line) => line.instance === instance);
    expect(own).toEqual(expected.slice(0, own.length));
  }
});

it("an instance is always of the same service, and a rest that fills no run is left out", () => {
  expect(new Set(lines.map((line) => serviceOf(line, ["only"])))).toEqual(new Set(["only"]));
  expect(apartByService(lines.slice(0, 7), ["only"], 5)).toEqual(lines.slice(0, 5));
});
