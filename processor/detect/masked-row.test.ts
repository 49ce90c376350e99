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

const ONE_WINDOW: SequenceWindow = {
  service: "shop",
  stream: "1",
  events: [],
  freshFrom: 0,
  freshRecords: [],
  isStart: true,
  isClosed: true,
  session: { events: 0, counts: new Map(), startedMs: 0 },
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
      ...ONE_WINDOW,
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
      isStart,
      session: { events: events.length, counts: new Map(), startedMs: 0 },
    }),
  );

test.each([
  [1, 1 + 2 ** 16],
  [0xd83d, 0x1f600],
  [2 ** 16, 999_999],
])("the keys of the templates %i and %i differ, as the judged event and as one before it", (a, b) => {
  const keys = [a, b].flatMap((template) => {
    const event = (id: number) => ({
      match: { templateId: String(id), template: "", parameters: [], isNew: false },
      timeMs: 0,
      gapMs: 0,
      severityNumber: 9,
    });
    const window: SequenceWindow = { ...ONE_WINDOW, events: [event(template), event(0)] };
    const keyOf = rowKeys(window, EVENTS_MAX, {
      candidateOf: Number,
      featuresOf: () => [0],
      candidates: 1_000_000,
    });
    return [keyOf(0), keyOf(1)];
  });
  expect(new Set(keys).size).toBe(4);
});

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
