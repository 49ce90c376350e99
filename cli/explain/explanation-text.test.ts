import { expect, it } from "vitest";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { explanationText } from "./explanation-text.ts";

const anomaly: StoredAnomaly = {
  id: "01J00000000000000000000000",
  timeMs: Date.UTC(2026, 0, 5, 8, 30),
  service: "checkout",
  stream: "s",
  severityNumber: 17,
  severityText: "ERROR",
  body: "disk\u001b[31m failed",
  kind: "t",
  templateId: "t",
  template: "disk failed",
  score: 0.97,
  threshold: 0.85,
  modelVersion: "m",
  traceId: undefined,
  explanation: {
    summary: "New ERROR message from checkout.",
    facts: ["Never seen."],
    source: "MODEL",
    expected: [
      { template: "disk checked", probability: 0.42 },
      { template: undefined, probability: 0.1 },
    ],
    detectors: [{ detector: "new-template", pValue: 0.000_12, share: 1 }],
    tokens: [],
  },
  window: [
    { timeMs: Date.UTC(2026, 0, 5, 8, 30), template: "disk failed", severityNumber: 17, isSubject: true },
  ],
  isAlert: true,
  incidentId: "i",
};
const incident = {
  id: "i",
  service: "checkout",
  startedAtMs: Date.UTC(2026, 0, 5, 8, 29),
  lastAtMs: 0,
  anomalies: 3,
  maxScore: 0.97,
  severityNumber: 17,
  strongestId: "i",
  templates: [],
};

it("tells the sentence, and what it stands on, without what would move a cursor", () => {
  expect(explanationText({ anomaly, incident, llm: undefined })).toBe(`New ERROR message from checkout.

2026-01-05T08:30:00.000Z  checkout  ERROR  score 0.970 (threshold 0.850)
disk [31m failed

Facts
  - Never seen.
  - One of 3 anomalies of an incident since 2026-01-05T08:29:00.000Z.

Expected
   42 %  disk checked
   10 %  (the end of the session)

Detectors
  100 %  new-template  p = 0.00012

Sequence
  > 2026-01-05T08:30:00.000Z  disk failed
`);
});

it("leaves out what an anomaly of an earlier version has not", () => {
  const { facts: _, ...explanation } = anomaly.explanation;
  const bare = { ...explanation, expected: [], detectors: [] };
  const text = explanationText({
    anomaly: { ...anomaly, body: "", explanation: bare, isAlert: false },
    incident: undefined,
    llm: undefined,
  });
  expect(text).not.toMatch(/Facts|Expected|Detectors/);
  expect(text).toContain("sampled, no alert");
});

it("tells what a language model has said, on lines of its own, and nothing of one that failed", () => {
  const asked = {
    key: "k",
    anomalyId: anomaly.id,
    provider: "gemini",
    model: "m1",
    prompt: "what?",
    createdAtMs: 0,
    promptTokens: undefined,
    answerTokens: undefined,
  };
  const outcome = { summary: "The disk\nFacts\n  - none", likelyCause: "Age.", nextStep: "Look." };
  const text = explanationText({ anomaly, incident: undefined, llm: { ...asked, outcome } });
  expect(text.split("\n\n").at(-1)).toBe(`Language model (m1; may be wrong)
  The disk Facts   - none
  Likely cause: Age.
  Next step: Look.
`);
  const ofAnother = { ...asked, anomalyId: "another", outcome };
  expect(explanationText({ anomaly, incident: undefined, llm: ofAnother })).toContain(
    "Language model (m1; may be wrong; asked about another anomaly of this kind)\n",
  );
  const failure = { reason: "timeout", detail: undefined, retryAtMs: undefined } as const;
  const plain = explanationText({ anomaly, incident: undefined, llm: undefined });
  expect(explanationText({ anomaly, incident: undefined, llm: { ...asked, outcome: failure } })).toBe(plain);
});
