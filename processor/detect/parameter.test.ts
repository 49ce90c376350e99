import { describe, expect, it } from "vitest";
import { evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import { createParameterDetector } from "./parameter.ts";

const T = "request <*> took <DUR> with <NUM>";
const one = (...parameters: readonly string[]) => freshWindow([{ template: T, parameters }]);
const match = (...parameters: readonly string[]) => ({
  templateId: T,
  template: T,
  parameters,
  isNew: false,
});

/** Requests of three kinds that take 80 to 120 ms and mostly succeed. */
function taught(requests = 500) {
  const detector = createParameterDetector();
  for (let i = 0; i < requests; i++)
    detector.learn([
      one(["read", "write", "list"][i % 3] ?? "", `${80 + ((7 * i) % 41)}ms`, i % 50 ? "200" : "302"),
    ]);
  return detector;
}

describe("parameters", () => {
  it("say nothing of a template that they do not know, or that has none", async () => {
    expect(await evidenceOf(createParameterDetector(), [one("read", "9s", "200")])).toEqual([]);
    expect(await evidenceOf(taught(), [freshWindow([{ template: "up" }])])).toEqual([]);
  });

  it("are not odd while little is known", async () => {
    expect(await surpriseOf(taught(99), one("drop", "9s", "500"))).toBe(0);
  });

  it("are odder the farther a number is from its usual range, on either side", async () => {
    const detector = taught();
    const surprises = (values: readonly string[]) =>
      Promise.all(values.map(async (value) => (await surpriseOf(detector, one("read", value, "200"))) ?? 0));
    for (const values of [
      ["100ms", "150ms", "400ms", "5s", "2h"],
      ["98ms", "60ms", "10ms", "1us"],
    ]) {
      const found = await surprises(values);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      expect(new Set(found).size).toBe(values.length);
    }
  });

  it("are odd by a value never seen in a slot of few, the more so the more was seen", async () => {
    const young = (await surpriseOf(taught(150), one("drop", "100ms", "200"))) ?? 0;
    const old = (await surpriseOf(taught(5_000), one("drop", "100ms", "200"))) ?? 0;
    expect(young).toBeGreaterThan(3);
    expect(old).toBeGreaterThan(young);
    expect(await surpriseOf(taught(), one("write", "100ms", "200"))).toBeLessThan(1);
  });

  it("are not odd by a new value where every value is new", async () => {
    const detector = createParameterDetector();
    for (let i = 0; i < 500; i++) detector.learn([one(`user-${i}x`, "1ms", "200")]);
    expect(await surpriseOf(detector, one("user-new", "1ms", "200"))).toBe(0);
  });

  it("take status codes by their class", async () => {
    const detector = taught();
    expect(await surpriseOf(detector, one("read", "100ms", "204"))).toBeLessThan(1);
    expect(await surpriseOf(detector, one("read", "100ms", "503"))).toBeGreaterThan(4);
  });

  it("name the slot and the kind of oddity", async () => {
    const detail = async (window: ReturnType<typeof one>) =>
      (await evidenceOf(taught(), [window]))[0]?.detail;
    expect(await detail(one("read", "90s", "200"))).toEqual({
      kind: "parameter",
      slot: 1,
      oddity: "number",
      seen: 500,
      times: expect.closeTo(900, -2),
      time: { tookMs: expect.closeTo(90_000, 1), usualMs: expect.closeTo(99, 0) },
    });
    expect(await detail(one("drop", "100ms", "200"))).toEqual({
      kind: "parameter",
      slot: 0,
      oddity: "value",
      seen: 500,
      values: 3,
    });
    expect(await detail(one("read", "100ms", "503"))).toEqual({
      kind: "parameter",
      slot: 2,
      oddity: "value",
      seen: 500,
      values: 2,
      errorClass: 5,
    });
    expect(await detail(one("read", "100ms", "200"))).toBeUndefined();
  });

  it("tell no raw number but a length of time, and no multiple of what is usually 0", async () => {
    const detector = createParameterDetector();
    const rows = (...parameters: readonly string[]) => freshWindow([{ template: "rows", parameters }]);
    for (let i = 0; i < 500; i++) detector.learn([rows(`account=${4_000 + (i % 40)}`, "0")]);
    const [large] = await evidenceOf(detector, [rows("account=987654321", "0")]);
    expect(large?.detail).toEqual({
      kind: "parameter",
      slot: 0,
      oddity: "number",
      seen: 500,
      times: expect.any(Number),
    });
    const [many] = await evidenceOf(detector, [rows("account=4001", "700")]);
    expect(many?.detail).toEqual({ kind: "parameter", slot: 1, oddity: "number", seen: 500 });
  });

  it("follow a new habit", async () => {
    const detector = taught();
    for (let i = 0; i < 3_000; i++) detector.learn([one("drop", `${800 + (i % 400)}ms`, "200")]);
    expect(await surpriseOf(detector, one("drop", "1s", "200"))).toBeLessThan(2);
  });

  it("start anew when the template has other slots", async () => {
    const detector = taught();
    detector.learn([one("more", "read", "9s", "200")]);
    expect(await surpriseOf(detector, one("more", "drop", "9h", "500"))).toBe(0);
  });

  it("never leave the detector as they came", () => {
    const detector = createParameterDetector();
    for (let i = 0; i < 200; i++) detector.learn([one("secret-password", "1ms", "200")]);
    expect(JSON.stringify(detector.snapshot())).not.toContain("secret");
  });

  it("do not grow beyond their bounds, whatever comes", () => {
    const detector = createParameterDetector({ maxKnownTemplates: 100, maxServices: 50, maxSlotsTotal: 200 });
    const many = Array.from({ length: 20 }, (_, i) => `${i}`);
    for (let i = 0; i < 10_000; i++)
      detector.learn([
        freshWindow([{ template: `t${i}`, parameters: ["1"] }], "busy"),
        freshWindow([{ template: "a", parameters: many }], `s${i}`),
      ]);
    const { services } = JSON.parse(JSON.stringify(detector.snapshot())) as {
      services: [string, [string, number, unknown[]][]][];
    };
    expect(services.length).toBeLessThanOrEqual(50);
    expect(
      services.flatMap(([, templates]) => templates.flatMap(([, , slots]) => slots)).length,
    ).toBeLessThanOrEqual(200);
  });
});

describe("the features for an event model", () => {
  it.each([
    ["of a usual event", ["read", "100ms", "200"], [1, 0, 0, 0]],
    ["of a slow one", ["read", "170ms", "200"], [1, 0.5, 0, 0]],
    ["of a very slow one", ["read", "10s", "200"], [1, 1, 0, 0]],
    ["of a value never seen", ["drop", "100ms", "200"], [1, 0, 1, 0]],
    ["of an error", ["read", "100ms", "503"], [1, 0, 1, 1]],
    ["of an event without parameters", [], [0, 0, 0, 0]],
  ])("%s", (_, parameters, expected) => {
    expect(taught().features("shop", match(...parameters))).toEqual(expected);
  });

  it("tell of an unknown service only that there are parameters", () => {
    expect(taught().features("bank", match("read", "10s", "503"))).toEqual([1, 0, 0, 0]);
  });

  it("are the same for nearly all of a service's usual events", () => {
    const detector = taught();
    const rows = Array.from({ length: 200 }, (_, i) =>
      detector.features("shop", match("read", `${80 + (i % 41)}ms`, "200")).join(),
    );
    expect(new Set(rows)).toEqual(new Set(["1,0,0,0"]));
  });

  it("are not told by what is saved: neither a number nor enough of a text's hash to guess it", () => {
    const detector = createParameterDetector();
    detector.learn([one("10.1.2.3", "4915112345678", "48213")]);
    const saved = JSON.stringify(detector.snapshot());
    expect(saved).not.toContain("48213");
    expect(saved).not.toContain("4915112345678");
    for (const number of [48_213, 4_915_112_345_678]) expect(saved).not.toContain(String(Math.log1p(number)));
    expect(Number(/"values":\[\[(\d+),/.exec(saved)?.[1])).toBeLessThan(0x10000);
  });
});
