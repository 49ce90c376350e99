import { describe, expect, it } from "vitest";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { testData, testWith } from "../helpers/requirement.ts";
import { FRESH_FORMS } from "./fresh-forms.ts";
import { labelledLines } from "./labelled-lines.ts";
import { LOOK_ALIKES } from "./look-alikes.ts";
import { redactPublicLines } from "./public-lines.ts";
import { RARER_FORMS } from "./rarer-forms.ts";
import { recallOf, SECRET_KINDS, scoreRedaction } from "./score-redaction.ts";
import { SECOND_FORMS, SECOND_LOOK_ALIKES } from "./second-forms.ts";

const redactor = createRedactor(redactConfig.parse({}));
const lines = labelledLines();
const score = scoreRedaction(lines, redactor.find);

describe("on labelled lines", () => {
  it("are at least 500, half of them harmless look-alikes at most, of every kind", () => {
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter(({ labels }) => labels.length === 0).length).toBeGreaterThan(250);
    expect(score.kinds).toHaveLength(14);
  });

  it("99 % of the secrets are found, and 95 % of each kind", () => {
    expect(recallOf(score, (kind) => SECRET_KINDS.has(kind))).toBeGreaterThanOrEqual(0.99);
    for (const { kind, labelled, found } of score.kinds)
      expect([kind, found / labelled >= 0.95]).toEqual([kind, true]);
  });

  it("less than 1 % of the redactions are false", () => {
    expect(score.falseRedactions.length / score.redactions).toBeLessThan(0.01);
  });

  it("nothing labelled is left in what is shown, and showing it again changes nothing", () => {
    const missed = new Set(score.missed.map(({ text }) => text));
    for (const { text, labels } of lines) {
      const shown = redactor.body(text);
      expect(redactor.body(shown)).toBe(shown);
      for (const { start, end } of labels) {
        const value = text.slice(start, end);
        if (!missed.has(value)) expect(shown.includes(value) ? text : "").toBe("");
      }
    }
  });
});

it.each([
  { name: "rarer forms", lines: RARER_FORMS, least: 0.9 },
  { name: "fresh rarer forms", lines: FRESH_FORMS, least: 0.99 },
  { name: "second fresh forms", lines: SECOND_FORMS, least: 0.85 },
])("of the $name most secrets are found, since the rules were mended for them", ({ lines: some, least }) => {
  expect(recallOf(scoreRedaction(some, redactor.find), () => true)).toBeGreaterThanOrEqual(least);
});

it("of look-alikes that were written to be touched, one in a hundred is at most", () => {
  const alike = [...LOOK_ALIKES, ...SECOND_LOOK_ALIKES];
  expect(alike.length).toBeGreaterThan(200);
  expect(scoreRedaction(alike, redactor.find).falseRedactions.length).toBeLessThan(alike.length / 100);
});

testWith(
  [testData()],
  "in 24,000 public lines of 12 systems there is next to nothing but addresses, users and e-mails",
  async ([data]) => {
    const { lines: count, redactions } = redactPublicLines(data ?? "", redactor.find);
    const others = redactions.filter(({ kind }) => !["ip", "mac", "user", "email"].includes(kind));
    expect(count).toBeGreaterThan(20_000);
    expect(redactions.length).toBeGreaterThan(4_000);
    expect(others.length / count).toBeLessThan(0.001);
  },
);
