import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../generate/random.ts";
import type { Unit } from "../evaluation-set.ts";
import { editText } from "./edit-templates.ts";
import { PERTURBATIONS } from "./evaluate-robustness.ts";

const TEMPLATES = ["Receiving block <*>", "Verification succeeded for <*>", "Deleting block <*>", "ok"];

const units = fc.array(
  fc.array(fc.nat(3), { maxLength: 8 }).map(
    (events): Unit => ({
      events,
      source: { file: "f", fromLine: 1, toLine: 1 },
      timesMs: events.map((_, place) => place),
      severities: events.map(() => 9),
      parameters: events.map((event) => [`p${event}`]),
    }),
  ),
  { maxLength: 30 },
);
const share = fc.constantFrom(0.05, 0.3, 1);

describe.each(Object.entries(PERTURBATIONS))("%s", (_, change) => {
  test("keeps the units, the known templates and a value for each event, and leaves its input alone", () => {
    fc.assert(
      fc.property(units, share, fc.nat(), (before, part, seed) => {
        const copy = structuredClone(before);
        const after = change(before, TEMPLATES, part, createRandom(seed));
        expect(before).toEqual(copy);
        expect(after.units.map(({ source }) => source)).toEqual(before.map(({ source }) => source));
        expect(after.templates.slice(0, TEMPLATES.length)).toEqual(TEMPLATES);
        for (const { events, timesMs, severities, parameters } of after.units) {
          expect(events.every((event) => after.templates[event] !== undefined)).toBe(true);
          expect([timesMs?.length, severities?.length, parameters?.length]).toEqual(
            Array(3).fill(events.length),
          );
        }
      }),
    );
  });
  test("the same seed gives the same change, a share of 0 none", () => {
    fc.assert(
      fc.property(units, fc.nat(), (before, seed) => {
        const changed = () => change(before, TEMPLATES, 0.5, createRandom(seed));
        expect(changed()).toEqual(changed());
        expect(change(before, TEMPLATES, 0, createRandom(seed)).units).toEqual(before);
      }),
    );
  });
  test("about the share of the units is changed", () => {
    const before = Array.from({ length: 2_000 }, (_unit, i): Unit => {
      const events = [0, 1, 2, 3, 0, 1];
      const timesMs = events.map((_event, place) => place * 100);
      return { events, timesMs, source: { file: "f", fromLine: i, toLine: i } };
    });
    const { units: after } = change(before, TEMPLATES, 0.2, createRandom(3));
    const changed = after.filter((unit, i) => unit !== before[i]).length;
    if (change !== PERTURBATIONS["parser noise"]) {
      expect(changed).toBeGreaterThan(340);
      expect(changed).toBeLessThan(460);
    }
  });
});

test("an edited template never reads as before", () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEMPLATES, "", "a=<*> b=<*>", "a=1 a=1"), fc.nat(), (text, seed) => {
      expect(editText(text, createRandom(seed))).not.toBe(text);
    }),
  );
});

test("pairs of key and value may come in another order", () => {
  const edited = Array.from({ length: 20 }, (_, seed) =>
    editText("took ms=<*> rows=<*>", createRandom(seed)),
  );
  expect(edited).toContain("took rows=<*> ms=<*>");
});

test("a sequence is edited by one event", () => {
  const before: Unit = { events: [0, 1, 2, 3], source: { file: "f", fromLine: 1, toLine: 1 } };
  const change = PERTURBATIONS["edited sequences"];
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const [after] = change?.([before], TEMPLATES, 1, createRandom(seed)).units ?? [];
    seen.add(after?.events.join("") ?? "");
  }
  expect([...seen].sort()).toEqual(
    ["023", "013", "123", "00123", "01123", "01223", "1023", "0213", "0132"].sort(),
  );
});

test("three times the load is everything three times, in order and in the same span", () => {
  const before: Unit = {
    events: [0, 1, 2],
    timesMs: [100, 150, 200],
    parameters: [["a"], ["b"], ["c"]],
    source: { file: "f", fromLine: 1, toLine: 1 },
  };
  const [after] = PERTURBATIONS["triple load"]?.([before], TEMPLATES, 1, createRandom(4)).units ?? [];
  const times = after?.timesMs ?? [];
  expect([...(after?.events ?? [])].sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect([times[0], times.at(-1)]).toEqual([100, 200]);
  expect(after?.parameters).toEqual(after?.events.map((event) => before.parameters?.[event]));
});
