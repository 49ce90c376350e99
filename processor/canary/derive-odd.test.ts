import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanarySequence } from "./canary.ts";
import { deriveOdd, normalOrder, ODD_KINDS } from "./derive-odd.ts";
import { SHIPPED_SEQUENCES } from "./shipped-sequences.ts";

const sequenceOf = (templates: readonly string[]): CanarySequence => ({
  service: "shop",
  isStart: true,
  events: templates.map((template, at) => ({
    match: { templateId: template, template, parameters: [], isNew: false },
    timeMs: 10 * at,
    gapMs: at === 0 ? 0 : 10,
    severityNumber: 9,
  })),
});

const sequences = fc
  .array(fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 2, maxLength: 12 }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((all) => all.map(sequenceOf));
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const templatesOf = ({ events }: CanarySequence) => events.map(({ match }) => match.templateId);

describe("an odd sequence", () => {
  it("differs from its normal one in the last message alone, and a foreign one is an error", () => {
    fc.assert(
      fc.property(sequences, fc.constantFrom(...ODD_KINDS), chance, (normal, kind, random) => {
        const [sequence] = normal;
        if (sequence === undefined) return;
        const odd = deriveOdd(kind, sequence, normalOrder(normal), () => random);
        if (odd === undefined) return;
        expect(templatesOf(odd).slice(0, -1)).toEqual(templatesOf(sequence).slice(0, -1));
        expect(templatesOf(odd).at(-1)).not.toBe(templatesOf(sequence).at(-1));
        const [before, after] = [sequence.events.at(-1), odd.events.at(-1)];
        const severityNumber = kind === "foreign" ? 17 : before?.severityNumber;
        expect({ ...after, match: 0 }).toEqual({ ...before, match: 0, severityNumber });
      }),
    );
  });

  it("ends with no message that was seen right after one of its last eight", () => {
    fc.assert(
      fc.property(sequences, chance, (normal, random) => {
        const [sequence] = normal;
        const odd = sequence && deriveOdd("misplaced", sequence, normalOrder(normal), () => random);
        if (odd === undefined) return;
        const context = templatesOf(odd);
        const last = context.pop();
        const pairs = normal.flatMap((one) =>
          templatesOf(one).flatMap((template, at, all) => (at > 0 ? [[all[at - 1], template]] : [])),
        );
        for (const before of context.slice(-8)) expect(pairs).not.toContainEqual([before, last]);
      }),
    );
  });

  it("that is foreign ends with a message that the service does not know", () => {
    fc.assert(
      fc.property(sequences, chance, (normal, random) => {
        const [sequence] = normal;
        const odd = sequence && deriveOdd("foreign", sequence, normalOrder(normal), () => random);
        const known = normal.flatMap(templatesOf);
        expect(known).not.toContain(odd?.events.at(-1)?.match.templateId);
      }),
    );
  });

  it("is foreign by its words, too", () => {
    const normal = [
      sequenceOf(["sshd(pam_unix)[<NUM>]: authentication failure; user=root", "raid array rebuilt"]),
    ];
    const [sequence] = normal;
    const ends = Array.from(
      { length: 100 },
      (_, at) => sequence && deriveOdd("foreign", sequence, normalOrder(normal), () => at / 100),
    ).map((odd) => odd?.events.at(-1)?.match.template ?? "");
    expect(new Set(ends).size).toBeGreaterThanOrEqual(5);
    expect(ends.filter((text) => /pam_unix|raid/.test(text))).toEqual([]);
  });

  it("is not misplaced where earlier sequences do not tell how later ones end", () => {
    const flow = sequenceOf(["a", "b", "c"]);
    const regular = [flow, flow, flow, flow];
    const changed = [flow, flow, sequenceOf(["a", "b", "d"]), sequenceOf(["a", "b", "e"])];
    expect(deriveOdd("misplaced", flow, normalOrder(regular), () => 0)).toBeDefined();
    expect(deriveOdd("misplaced", flow, normalOrder(changed), () => 0)).toBeUndefined();
  });

  it("is not made where every message may follow", () => {
    const normal = [sequenceOf(["a", "b", "a", "a", "b", "b"])];
    const [sequence] = normal;
    expect(sequence && deriveOdd("misplaced", sequence, normalOrder(normal), () => 0)).toBeUndefined();
  });
});

describe("the shipped sequences", () => {
  it("have an odd one of each kind", () => {
    const order = normalOrder(SHIPPED_SEQUENCES);
    for (const kind of ODD_KINDS)
      for (const sequence of SHIPPED_SEQUENCES)
        expect(deriveOdd(kind, sequence, order, () => 0)).toBeDefined();
  });
});
