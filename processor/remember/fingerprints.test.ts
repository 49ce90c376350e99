import { expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import { redactConfig } from "../redact/config.ts";
import { createRedactor } from "../redact/redact.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { createFingerprints } from "./fingerprints.ts";
import { toAnomaly } from "./to-anomaly.ts";

const EXPLANATION = { summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] } as const;
const VERDICT = {
  score: 0.9,
  pValue: 1e-4,
  strength: 9,
  threshold: 0.85,
  isAnomaly: true,
  modelVersion: "m",
  contributions: [],
};

type Sent = Parameters<typeof encodeRequest>[0][number]["records"][number];

/** A stage: it names what it finds, and redacts with a key of its own. */
function aStage() {
  const fingerprints = createFingerprints();
  const redactor = createRedactor(redactConfig.parse({}));
  let ids = 0;
  const found = (window: SequenceWindow, event: number, sent?: Sent) => {
    ids += 1;
    const [record] =
      sent === undefined ? [] : readRequest(encodeRequest([{ attributes: {}, records: [sent] }])).records;
    const finding = { recordIndex: record?.index, window, event, verdict: VERDICT };
    const named = { id: String(ids), finding, explanation: EXPLANATION };
    return fingerprints.of(named, record, toAnomaly(named, record, redactor));
  };
  return {
    record: (sent: Sent, template = "a") => found(freshWindow([{ template }]), 0, sent),
    end: (startedMs: number) => {
      const window = freshWindow([{ template: "a" }]);
      return found({ ...window, session: { ...window.session, startedMs } }, 1);
    },
    silence: () => found({ ...freshWindow([{ template: "a" }]), missing: "template" }, 1),
  };
}

const RECORD = { timeUnixNano: 1_000_000_001n, severityNumber: 9, body: "mail bob@example.com bounced" };

it("a record is the same for every stage, whatever template and name of a value each has for it", () => {
  const expected = aStage().record(RECORD);
  expect(expected).toMatch(/^[\w-]{43}$/);
  expect(aStage().record(RECORD, "another template")).toBe(expected);
});

it.each([
  ["time", { ...RECORD, timeUnixNano: 1_000_000_002n }],
  ["text", { ...RECORD, body: "mail bob@example.com came" }],
  ["severity", { ...RECORD, severityNumber: 17 }],
])("a record of another %s is another one", (_, record) => {
  expect(aStage().record(record)).not.toBe(aStage().record(RECORD));
});

it("what redaction hides is no part of it: no value can be tried out", () => {
  const other = { ...RECORD, body: "mail alice@example.org bounced" };
  expect(aStage().record(other)).toBe(aStage().record(RECORD));
});

it("a record that comes again to one stage is another one, the same as where it comes again elsewhere", () => {
  const [a, b] = [aStage(), aStage()];
  const first = [a.record(RECORD), a.record(RECORD), a.record(RECORD)];
  expect(new Set(first).size).toBe(3);
  expect([b.record(RECORD), b.record(RECORD), b.record(RECORD)]).toEqual(first);
});

it("nothing tells a record without a time from another", () => {
  expect(aStage().record({ timeUnixNano: 0n, body: "x" })).toBeUndefined();
});

it("the end of a session is known by its beginning, and a silence by what was before it, to the second", () => {
  expect(aStage().end(1_000)).toBe(aStage().end(1_900));
  expect(aStage().end(1_000)).not.toBe(aStage().end(2_000));
  expect(aStage().silence()).toBe(aStage().silence());
  expect(aStage().silence()).not.toBe(aStage().end(1_000));
});
