import { expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
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
});
