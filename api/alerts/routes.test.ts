import fc from "fast-check";
import { expect, it } from "vitest";
import { isRouted, type Route } from "./routes.ts";

const route = (fields: Partial<Route>): Route => ({
  channels: ["ops"],
  services: ["*"],
  min_score: 0,
  ...fields,
});
const subject = { service: "checkout", severityNumber: 17, maxScore: 0.9 };

it("without routes every channel tells everything", () => {
  expect(isRouted([], "ops", subject)).toBe(true);
});

it("an incident goes where any route leads, by service, severity and score", () => {
  expect(isRouted([route({})], "ops", subject)).toBe(true);
  expect(isRouted([route({})], "other", subject)).toBe(false);
  expect(isRouted([route({ min_severity: "ERROR" })], "ops", subject)).toBe(true);
  expect(isRouted([route({ min_severity: "FATAL" })], "ops", subject)).toBe(false);
  expect(isRouted([route({ min_severity: "TRACE" })], "ops", { ...subject, severityNumber: 0 })).toBe(false);
  expect(isRouted([route({ min_score: 0.95 })], "ops", subject)).toBe(false);
  expect(isRouted([route({ min_score: 0.95 }), route({ min_score: 0.9 })], "ops", subject)).toBe(true);
});

it.each([
  ["checkout", true],
  ["check*", true],
  ["*out", true],
  ["c*k*t", true],
  ["*", true],
  ["checkout*", true],
  ["check", false],
  ["*check", false],
  ["checkout*checkout", false],
  ["Checkout", false],
])("a service matches %s: %s", (pattern, expected) => {
  expect(isRouted([route({ services: [pattern] })], "ops", subject)).toBe(expected);
});

it("matches as the regular expression would", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".") });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*") });
  fc.assert(
    fc.property(pattern, text, (glob, service) => {
      const expected = new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(service);
      expect(isRouted([route({ services: [glob] })], "ops", { ...subject, service })).toBe(expected);
    }),
  );
});
