import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { LlmExplanation } from "../../store/llm.ts";
import type { Store } from "../../store/store.ts";
import { ANSWER, FORMATS, type ModelServer, type Reply, startModelServer } from "./model-server.ts";
import { type Explaining, freshStore, startExplaining } from "./start-explaining.ts";

let server: ModelServer;
let store: Store;
beforeAll(async () => {
  [server, store] = await Promise.all([startModelServer(), freshStore()]);
});
afterAll(() => Promise.all([server.close(), store.close()]));

const opened: Explaining[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const { explainer } of opened.splice(0)) explainer.close();
});
const start = async (settings: Readonly<Record<string, unknown>>, over = store) => {
  const explaining = await startExplaining(over, settings);
  opened.push(explaining);
  return explaining;
};
const GZIP = { "content-encoding": "gzip" };
const answerText = JSON.stringify(ANSWER);
const reasonOf = (explanation: LlmExplanation | undefined) =>
  explanation !== undefined && "reason" in explanation.outcome ? explanation.outcome.reason : "answered";

describe.each(FORMATS)("$name", (format) => {
  const begin = (settings: Readonly<Record<string, unknown>> = {}) =>
    start({ ...format.settings(server.url), ...settings });

  it("is asked in its own words, and its answer kept with what was sent", async () => {
    server.reply(() => format.writes(answerText));
    const { explain, outcomes } = await begin();
    const before = server.asked.length;
    const explanation = await explain();
    const [asked] = server.asked.slice(before);
    expect(asked?.path).toBe(format.path);
    expect(format.key(asked?.headers ?? {})).toMatch(/^key_of_/);
    const { instruction, data } = format.sent(asked?.body ?? "");
    expect(explanation).toMatchObject({
      provider: format.name,
      outcome: ANSWER,
      prompt: `${instruction}\n\n${data}`,
      promptTokens: 300,
      answerTokens: 40,
    });
    expect(data).toContain('"message": "payment of <NUM> failed"');
    await explain();
    expect(server.asked.length).toBe(before + 1);
    expect(outcomes).toEqual(["ok"]);
  });

  it.each<[string, Reply, string]>([
    ["400", format.fails(400), "refused"],
    ["401", format.fails(401), "refused"],
    ["429", format.fails(429), "rate-limited"],
    ["500", format.fails(500), "server-error"],
    ["503 without a body", { status: 503, body: "" }, "server-error"],
    ["a redirect or a page", { status: 404, body: "<html>" }, "refused"],
    ["no JSON", { status: 200, body: "<html>hello" }, "malformed"],
    ["other JSON", { status: 200, body: "[]" }, "malformed"],
    ["an answer that was cut off", format.cutOff, "malformed"],
    ["an answer in prose", format.writes("The disk is full."), "malformed"],
    ["an answer without a part", format.writes('{"summary": "a", "likelyCause": "b"}'), "malformed"],
    ["a part that is no text", format.writes(JSON.stringify({ ...ANSWER, nextStep: [] })), "malformed"],
    [
      "a part without end",
      format.writes(JSON.stringify({ ...ANSWER, summary: "x".repeat(9_999) })),
      "malformed",
    ],
    ["a closed connection", "hang-up", "unreachable"],
    ["a connection closed within the answer", "half", "unreachable"],
  ])("that answers with %s fails without harm", async (_, reply, reason) => {
    server.reply(() => reply);
    const { explain, outcomes, errors } = await begin();
    const explanation = await explain();
    expect([reasonOf(explanation), outcomes]).toEqual([reason, [reason]]);
    expect(explanation?.prompt).toContain("payment of <NUM> failed");
    expect(errors).toHaveLength(1);
    expect(JSON.stringify([explanation, errors])).not.toContain("key_of_");
  });

  it("tells the code of a refusal", async () => {
    server.reply(() => format.fails(403));
    const { explain } = await begin();
    expect((await explain())?.outcome).toMatchObject({ detail: `HTTP 403 (${format.code})` });
  });

  it("is given up when it does not answer in time", async () => {
    server.reply(() => "silence");
    const { explain } = await begin({ timeout_ms: 100 });
    expect(reasonOf(await explain())).toBe("timeout");
  });

  it("is asked again after a failure that may pass, each time counted", async () => {
    const replies = [format.fails(500), format.fails(429), format.writes(answerText)];
    server.reply(() => replies.shift() ?? "hang-up");
    const fresh = await freshStore();
    const budget = { retries: 2, calls_per_hour: 3 };
    const { explain, outcomes } = await start({ ...format.settings(server.url), ...budget }, fresh);
    expect((await explain())?.outcome).toEqual(ANSWER);
    expect(reasonOf(await explain({ templateId: "t2", kind: "t2" }))).toBe("over-budget");
    expect(outcomes).toEqual(["ok", "over-budget"]);
    await fresh.close();
  });

  it("is left alone when it failed five times in a row, and tried by one question after half a minute, then after a minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    server.reply(() => format.fails(400));
    const { explain } = await begin();
    for (let turn = 0; turn < 5; turn += 1) expect(reasonOf(await explain())).toBe("refused");
    const before = server.asked.length;
    const paused = await explain({ kind: "t2" });
    expect([reasonOf(paused), paused?.prompt]).toEqual(["paused", undefined]);
    vi.setSystemTime(Date.now() + 29_000);
    expect(reasonOf(await explain())).toBe("paused");
    expect(server.asked.length).toBe(before);
    vi.setSystemTime(Date.now() + 1_000);
    expect(reasonOf(await explain())).toBe("refused");
    vi.setSystemTime(Date.now() + 59_000);
    expect(reasonOf(await explain())).toBe("paused");
    expect(server.asked.length).toBe(before + 1);
    server.reply(() => format.writes(answerText));
    vi.setSystemTime(Date.now() + 1_000);
    expect((await explain())?.outcome).toEqual(ANSWER);
    expect((await explain({ kind: "t2" }))?.outcome).toEqual(ANSWER);
  });

  it.each([302, 307])("follows no %i with key and prompt", async (status) => {
    const other = await startModelServer();
    const location = `${other.url.replace("127.0.0.1", "localhost")}/elsewhere`;
    server.reply(() => ({ status, headers: { location }, body: "" }));
    const { explain } = await begin();
    expect((await explain())?.outcome).toMatchObject({ reason: "refused", detail: `HTTP ${status}` });
    expect(other.asked).toEqual([]);
    await other.close();
  });

  it.each<[string, Reply]>([
    ["has no end", "endless"],
    [
      "unpacks to more than is read",
      { status: 200, headers: GZIP, body: gzipSync(Buffer.alloc(50_000_000)) },
    ],
  ])("gives an answer that %s in vain", async (_, reply) => {
    server.reply(() => reply);
    const { explain } = await begin({ timeout_ms: 60_000 });
    const outcome = (await explain())?.outcome;
    expect(outcome).toMatchObject({ reason: "malformed", detail: "the answer is too long" });
  });

  it("is given up when its answer comes drop by drop", async () => {
    server.reply(() => "drip");
    const { explain } = await begin({ timeout_ms: 200 });
    expect(reasonOf(await explain())).toBe("timeout");
  });

  it("is understood however long its refusal is", async () => {
    const body = "x".repeat(1_100_000);
    server.reply(() => ({ status: 503, headers: { "retry-after": "60" }, body }));
    const { explain } = await begin();
    expect((await explain())?.outcome).toMatchObject({
      reason: "server-error",
      detail: "HTTP 503",
      retryAtMs: expect.any(Number),
    });
  });

  it.each([`key_of_${format.name === "gemini" ? "gemini" : "vllm"}`, "payment", 403, null])(
    "tells no code that it has invented: %j",
    async (code) => {
      server.reply(() => format.failsWith(code));
      const { explain } = await begin();
      expect((await explain())?.outcome).toMatchObject({ detail: "HTTP 403" });
    },
  );

  it.each([
    ...Object.entries(format.withheld),
    ...format.empty.map((reply): [string, Reply] => ["no text came", reply]),
  ])("that gives nothing to show is told so, and counted: %s", async (detail, reply) => {
    server.reply(() => reply);
    const { explain } = await begin();
    expect(await explain()).toMatchObject({
      outcome: { reason: "malformed", detail },
      promptTokens: 300,
      answerTokens: 40,
    });
  });

  it("is paid for what it wrote in vain", async () => {
    server.reply(() => format.cutOff);
    const { explain } = await begin();
    expect(await explain()).toMatchObject({
      outcome: { detail: "the answer was cut off" },
      promptTokens: 300,
      answerTokens: 2_048,
    });
    server.reply(() => format.writes("no JSON"));
    expect(await explain()).toMatchObject({ promptTokens: 300, answerTokens: 40 });
  });
});

it("is not asked before the time that it wants to be left alone has passed", async () => {
  const [, openAi] = FORMATS;
  if (openAi === undefined) throw new Error("no format");
  vi.useFakeTimers({ toFake: ["Date"] });
  server.reply(() => ({ status: 429, headers: { "retry-after": "120" }, body: "{}" }));
  const { explain } = await start({ ...openAi.settings(server.url), retries: 3 });
  const before = server.asked.length;
  const first = await explain();
  expect(first?.outcome).toMatchObject({ reason: "rate-limited", retryAtMs: Date.now() + 120_000 });
  expect((await explain({ kind: "t2" }))?.prompt).toBeUndefined();
  expect(server.asked.length).toBe(before + 1);
  vi.setSystemTime(Date.now() + 121_000);
  server.reply(() => openAi.writes(answerText));
  expect((await explain())?.outcome).toEqual(ANSWER);
});

it("leaves half of the hour to people, who are told nothing of what nobody asked", async () => {
  const [gemini] = FORMATS;
  if (gemini === undefined) throw new Error("no format");
  server.reply(() => gemini.writes(answerText));
  const fresh = await freshStore();
  const { explain, outcomes } = await start({ ...gemini.settings(server.url), calls_per_hour: 3 }, fresh);
  expect((await explain({ kind: "t1" }, "automatic"))?.outcome).toEqual(ANSWER);
  expect(await explain({ kind: "t2" }, "automatic")).toBeUndefined();
  expect((await explain({ kind: "t2" }))?.outcome).toEqual(ANSWER);
  expect(outcomes).toEqual(["ok", "over-budget", "ok"]);
  await fresh.close();
});

describe("an OpenAI-compatible server", () => {
  const [, openAi] = FORMATS;
  if (openAi === undefined) throw new Error("no format");
  const hasForm = () => server.asked.slice(-2).map(({ body }) => body.includes('"response_format"'));
  const refusal = (status: number, body: object): Reply => ({ status, body: JSON.stringify(body) });

  it.each<[string, Reply]>([
    [
      "parameter",
      refusal(400, { error: { message: "Invalid parameter.", param: "response_format", code: null } }),
    ],
    ["sentence", refusal(400, { error: { message: "This response_format type is unavailable now" } })],
    ["place", refusal(422, { detail: [{ loc: ["body", "response_format", "type"], msg: "unexpected" }] })],
  ])("that refuses the answer's form by its %s is asked again without, and from then on", async (_, form) => {
    server.reply(({ body }) => (body.includes('"response_format"') ? form : openAi.writes(answerText)));
    const { explain, outcomes } = await start({ ...openAi.settings(server.url), retries: 1 });
    const before = server.asked.length;
    expect((await explain())?.outcome).toEqual(ANSWER);
    expect([server.asked.length - before, hasForm()]).toEqual([2, [true, false]]);
    await explain({ kind: "t2" });
    expect([server.asked.length - before, hasForm()]).toEqual([3, [false, false]]);
    expect(outcomes).toEqual(["ok", "ok"]);
  });

  it("that refuses something else is not asked again", async () => {
    server.reply(() => openAi.fails(400));
    const { explain } = await start({ ...openAi.settings(server.url), retries: 1 });
    const before = server.asked.length;
    expect(reasonOf(await explain())).toBe("refused");
    expect(server.asked.length).toBe(before + 1);
  });

  it("may write its answer in parts", async () => {
    const content = [{ type: "thinking", thinking: [{ type: "text", text: "{" }] }, { text: answerText }];
    server.reply(() => ({ status: 200, body: JSON.stringify({ choices: [{ message: { content } }] }) }));
    const { explain } = await start(openAi.settings(server.url));
    expect((await explain())?.outcome).toEqual(ANSWER);
  });
});

it("is told the limit of its answer by the name that it knows", async () => {
  const [, openAi] = FORMATS;
  if (openAi === undefined) throw new Error("no format");
  server.reply(() => openAi.writes(answerText));
  const limit = { answer_tokens_field: "max_completion_tokens", max_answer_tokens: 500 };
  const { explain } = await start({ ...openAi.settings(server.url), ...limit });
  await explain();
  const body = JSON.parse(server.asked.at(-1)?.body ?? "");
  expect([body.max_completion_tokens, body.max_tokens]).toEqual([500, undefined]);
});

it("is not left alone for years, whatever it says", async () => {
  const [, openAi] = FORMATS;
  if (openAi === undefined) throw new Error("no format");
  vi.useFakeTimers({ toFake: ["Date"] });
  server.reply(() => ({ status: 429, headers: { "retry-after": "999999999" }, body: "{}" }));
  const { explain } = await start(openAi.settings(server.url));
  expect((await explain())?.outcome).toMatchObject({ retryAtMs: Date.now() + 3_600_000 });
  server.reply(() => openAi.writes(answerText));
  expect(reasonOf(await explain())).toBe("rate-limited");
  vi.setSystemTime(Date.now() + 3_601_000);
  expect((await explain())?.outcome).toEqual(ANSWER);
});

it("is asked once by two who ask at once", async () => {
  const [gemini] = FORMATS;
  if (gemini === undefined) throw new Error("no format");
  server.reply(() => gemini.writes(answerText));
  const { explain } = await start(gemini.settings(server.url));
  const before = server.asked.length;
  const both = await Promise.all([explain(), explain()]);
  expect(both.map((one) => one?.outcome)).toEqual([ANSWER, ANSWER]);
  expect(server.asked.length).toBe(before + 1);
});

it("writes nothing after it was closed", async () => {
  const [gemini] = FORMATS;
  server.reply(() => "silence");
  const { explain, explainer, errors, outcomes } = await start(gemini?.settings(server.url) ?? {});
  const before = server.asked.length;
  const asking = explain();
  await expect.poll(() => server.asked.length).toBe(before + 1);
  explainer.close();
  expect(await asking).toBeUndefined();
  expect([errors, outcomes]).toEqual([[], []]);
});

describe("what became of a question", () => {
  const [gemini] = FORMATS;
  if (gemini === undefined) throw new Error("no format");

  it("is not lost to a question for which nothing was sent, of which nothing is stored", async () => {
    server.reply(() => gemini.fails(400));
    const fresh = await freshStore();
    const { explain, explainer } = await start({ ...gemini.settings(server.url), calls_per_hour: 1 }, fresh);
    const sent = await explain();
    const unsent = await explain();
    expect([reasonOf(unsent), unsent?.prompt]).toEqual(["over-budget", sent?.prompt]);
    const other = await explain({ kind: "t2" });
    expect([reasonOf(other), other?.prompt]).toEqual(["over-budget", undefined]);
    const stored = await fresh.llmExplanations([sent?.key ?? "", other?.key ?? ""]);
    expect(stored).toEqual([sent]);
    explainer.close();
    await fresh.close();
  });

  it("is held where it cannot be stored, counted, and not paid for again", async () => {
    server.reply(() => gemini.writes(answerText));
    let failures = 2;
    const locked: Store = {
      ...store,
      async saveLlmExplanation(explanation) {
        failures -= 1;
        if (failures >= 0) throw new Error("SQLITE_BUSY");
        await store.saveLlmExplanation(explanation);
      },
    };
    const { explain, outcomes, errors } = await start(gemini.settings(server.url), locked);
    const before = server.asked.length;
    const answer = await explain();
    expect([answer?.outcome, (await explain())?.outcome]).toEqual([ANSWER, ANSWER]);
    expect(server.asked.length).toBe(before + 1);
    expect([outcomes, errors]).toEqual([["ok"], ["Error: SQLITE_BUSY"]]);
    failures = 1;
    const second = await explain({ kind: "t2" });
    expect(await store.llmExplanations([second?.key ?? ""])).toEqual([second]);
  });

  it("is the last real failure where the provider is left alone within it", async () => {
    const { explain } = await start({ ...gemini.settings(server.url), retries: 1 });
    server.reply(() => gemini.fails(400));
    for (let turn = 0; turn < 4; turn += 1) await explain();
    server.reply(() => gemini.fails(503));
    const last = await explain();
    expect(last?.outcome).toMatchObject({ reason: "server-error", detail: "HTTP 503 (API_KEY_INVALID)" });
    expect(reasonOf(await explain())).toBe("paused");
  });
});

it("is asked again after a pause longer than any, though the clock was set back", async () => {
  const [gemini] = FORMATS;
  if (gemini === undefined) throw new Error("no format");
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  server.reply(() => gemini.fails(400));
  const { explain } = await start(gemini.settings(server.url));
  for (let turn = 0; turn < 5; turn += 1) await explain();
  server.reply(() => gemini.writes(answerText));
  vi.setSystemTime(Date.now() - 86_400_000);
  vi.advanceTimersByTime(599_000);
  expect(reasonOf(await explain())).toBe("paused");
  vi.advanceTimersByTime(2_000);
  expect((await explain())?.outcome).toEqual(ANSWER);
});

it("answers a person who joins a question for which the automatic budget is used up", async () => {
  const [gemini] = FORMATS;
  if (gemini === undefined) throw new Error("no format");
  server.reply(() => gemini.writes(answerText));
  const fresh = await freshStore();
  const { explain, outcomes } = await start({ ...gemini.settings(server.url), calls_per_hour: 3 }, fresh);
  await explain({ kind: "t1" }, "automatic");
  const both = await Promise.all([explain({ kind: "t2" }, "automatic"), explain({ kind: "t2" })]);
  expect(both.at(-1)?.outcome).toEqual(ANSWER);
  expect(outcomes).toEqual(["ok", "over-budget", "ok"]);
  const last = await Promise.all([explain({ kind: "t3" }, "automatic"), explain({ kind: "t3" })]);
  expect(reasonOf(last.at(-1))).toBe("answered");
  const refused = await Promise.all([explain({ kind: "t4" }, "automatic"), explain({ kind: "t4" })]);
  expect(reasonOf(refused.at(-1))).toBe("over-budget");
  await fresh.close();
});
