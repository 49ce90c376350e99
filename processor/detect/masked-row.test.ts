import fc from "fast-check";
import { expect, test } from "vitest";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { maskedRow, type RowReading, rowKeys } from "./masked-row.ts";

const EVENTS_MAX = 4;
const CANDIDATES = 3;
const reading: RowReading = {
  candidateOf: Number,
  featuresOf: ({ parameters }) => [Number(parameters[0]), 0, 0.5, 0],
  candidates: CANDIDATES,
};

const windows = fc
  .record({
    events: fc.array(
      fc.record({
        template: fc.nat(CANDIDATES - 1),
        severityNumber: fc.constantFrom(0, 9, 17),
        gapMs: fc.constantFrom(0, 100, 5_000),
        feature: fc.constantFrom("0", "0.5", "1"),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    isStart: fc.boolean(),
  })
  .map(
    ({ events, isStart }): SequenceWindow => ({
      service: "shop",
      stream: "1",
      events: events.map(({ template, severityNumber, gapMs, feature }) => ({
        match: {
          templateId: String(template),
          template: `t${template}`,
          parameters: [feature],
          isNew: false,
        },
        timeMs: 0,
        gapMs,
        severityNumber,
      })),
      freshFrom: 0,
      freshRecords: [],
      isStart,
      isClosed: true,
      session: { events: events.length, counts: new Map(), startedMs: 0 },
    }),
  );

test("two events have the same key exactly when the model is shown the same row", () => {
  fc.assert(
    fc.property(windows, windows, (a, b) => {
      const rows = [a, b].flatMap((window) => {
        const keyOf = rowKeys(window, EVENTS_MAX, reading);
        return Array.from({ length: window.events.length + 1 }, (_, event) => ({
          key: keyOf(event),
          row: JSON.stringify(maskedRow(window, event, EVENTS_MAX, reading)),
        }));
      });
      for (const one of rows)
        for (const other of rows) expect(one.key === other.key).toBe(one.row === other.row);
    }),
  );
});
