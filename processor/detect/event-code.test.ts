import fc from "fast-check";
import { expect, it } from "vitest";
import { createEventCodes, decodedEvent, eventCode } from "./event-code.ts";
import { severityIndex } from "./severity-index.ts";

const features = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 4, maxLength: 4 });

it("a code holds severity, gap and features, in less than 16 bits", () => {
  fc.assert(
    fc.property(fc.nat(24), fc.double({ min: 0, noNaN: true }), features, (severityNumber, gapMs, shown) => {
      const code = eventCode({ severityNumber, gapMs }, shown);
      expect(code).toBeLessThan(2 ** 16);
      const decoded = decodedEvent(code, 4);
      expect(decoded.features).toEqual(shown);
      expect(decoded.severity).toBe(severityIndex(severityNumber));
      if (gapMs < 1e20)
        expect(Math.abs(decoded.gap - Math.log1p(gapMs / 1000))).toBeLessThanOrEqual(0.25 + 1e-9);
    }),
  );
});

it("an event keeps the code that it had when it came", () => {
  let strange = 1;
  const codeOf = createEventCodes(() => [1, 0, strange, 0]);
  const event = {
    match: { templateId: "t", template: "t", parameters: ["1"], isNew: false },
    timeMs: 0,
    gapMs: 0,
    severityNumber: 9,
  };
  const first = codeOf("shop", event);
  strange = 0;
  expect(codeOf("shop", event)).toBe(first);
  expect(codeOf("shop", { ...event, code: undefined })).not.toBe(first);
});
