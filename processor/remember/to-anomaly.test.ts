import { expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import { redactConfig } from "../redact/config.ts";
import { createRedactor } from "../redact/redact.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
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

it("an anomaly tells what it is about: an event, the end of its session, or a silence", () => {
  const window = freshWindow([{ template: "a" }, { template: "pay" }]);
  const stored = (event: number, missing?: SequenceWindow["missing"]) => {
    const finding = { recordIndex: undefined, window: { ...window, missing }, event, verdict: VERDICT };
    const { kind, templateId } = toAnomaly({ id: "id", finding, explanation: EXPLANATION }, undefined, {
      body: String,
      plain: String,
    });
    return [kind, templateId];
  };
  expect(stored(0)).toEqual(["a", "a"]);
  expect(stored(2)).toEqual(["end pay", "pay"]);
  expect(stored(2, "template")).toEqual(["silence pay", "pay"]);
  expect(stored(2, "service")).toEqual(["silence", "pay"]);
  expect(stored(2, "everything")).toEqual(["silence *", "pay"]);
});

it("hides as a whole what the cut of a severity text goes through", () => {
  const severityText = `${"x".repeat(50)} mail bob@example.com`;
  const request = encodeRequest([
    { attributes: {}, records: [{ timeUnixNano: 1n, severityText, body: "" }] },
  ]);
  const finding = { recordIndex: 0, window: freshWindow([{ template: "a" }]), event: 0, verdict: VERDICT };
  const [record] = readRequest(request).records;
  const redactor = createRedactor(redactConfig.parse({}));
  const stored = toAnomaly({ id: "id", finding, explanation: EXPLANATION }, record, redactor);
  expect(stored.severityText).toBe(`${"x".repeat(50)} mail <EMAIL>`);
});
