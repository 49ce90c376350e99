import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LlmExplanation } from "../../store/llm.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { testDatabase } from "../helpers/test-database.ts";
import { keptSince } from "./kept-since.ts";

let store: Store;
let other: Store;
beforeEach(async () => {
  const { settings } = await testDatabase();
  store = await openStore(settings);
  other = await openStore(settings);
});
afterEach(() => Promise.all([store.close(), other.close()]));

const explanation = (key: string, fields: Partial<LlmExplanation> = {}): LlmExplanation => ({
  key,
  anomalyId: "a1",
  provider: "gemini",
  model: "m",
  prompt: "what?",
  createdAtMs: 10,
  promptTokens: 3,
  answerTokens: undefined,
  outcome: { summary: "s", likelyCause: "c", nextStep: "n" },
  ...fields,
});
const failure = { reason: "rate-limited", detail: "HTTP 429", retryAtMs: 70 } as const;
const LIMITS = [
  { spanMs: 60, max: 2 },
  { spanMs: 3_600, max: 3 },
];

describe("what a language model said", () => {
  it("is kept under its key, the last one of each", async () => {
    await store.saveLlmExplanation(explanation("k1", { prompt: undefined, outcome: failure }));
    await store.saveLlmExplanation(explanation("k2", { outcome: { ...failure, detail: undefined } }));
    expect(await other.llmExplanations(["k1", "none"])).toEqual([
      explanation("k1", { prompt: undefined, outcome: failure }),
    ]);
    await other.saveLlmExplanation(explanation("k1"));
    const both = await store.llmExplanations(["k1", "k2"]);
    expect(both.map(({ outcome }) => outcome)).toEqual([
      explanation("k1").outcome,
      { ...failure, detail: undefined },
    ]);
  });

  it("is not lost to a failure, whoever tells of it", async () => {
    const quoting = { summary: '{"reason":"x"}', likelyCause: "c", nextStep: "n" };
    await store.saveLlmExplanation(explanation("k1", { outcome: failure }));
    await other.saveLlmExplanation(explanation("k1", { outcome: { ...failure, reason: "refused" } }));
    await store.saveLlmExplanation(explanation("k2", { outcome: quoting }));
    await other.saveLlmExplanation(explanation("k2", { prompt: undefined, outcome: failure }));
    const both = await store.llmExplanations(["k1", "k2"]);
    expect(both.map(({ outcome }) => outcome)).toEqual([{ ...failure, reason: "refused" }, quoting]);
    await other.saveLlmExplanation(explanation("k2"));
    expect(await store.llmExplanations(["k2"])).toEqual([explanation("k2")]);
  });

  it("is forgotten with what is as old", async () => {
    await store.saveLlmExplanation(explanation("k1", { createdAtMs: 9 }));
    await store.saveLlmExplanation(explanation("k2"));
    await store.expire(keptSince(10));
    expect((await store.llmExplanations(["k1", "k2"])).map(({ key }) => key)).toEqual(["k2"]);
  });
});

describe("calls of a language model", () => {
  it("are counted for all who share the database, and refused where there is no room", async () => {
    expect(await store.takeLlmCall(100, LIMITS)).toBeUndefined();
    expect(await other.takeLlmCall(110, LIMITS)).toBeUndefined();
    expect(await store.takeLlmCall(120, LIMITS)).toBe(160);
    expect(await store.takeLlmCall(160, LIMITS)).toBeUndefined();
    expect(await other.takeLlmCall(900, LIMITS)).toBe(3_700);
    expect(await other.takeLlmCall(3_700, LIMITS)).toBeUndefined();
  });

  it("are not overdrawn by many who take one at once", async () => {
    const takers = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other));
    const rooms = await Promise.all(takers.map((one) => one.takeLlmCall(100, LIMITS)));
    expect(rooms.filter((room) => room === undefined)).toHaveLength(2);
  });
});
