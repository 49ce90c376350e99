import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { LlmAnswer } from "../../store/llm.ts";

/** A request that a model server was sent. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a model server answers. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  /** It takes the request and never answers. */
  | "silence"
  /** It closes the connection. */
  | "hang-up"
  /** It closes the connection within the answer. */
  | "half"
  /** It writes blanks as fast as they are read, and never ends. */
  | "endless"
  /** It writes a blank now and then, and never ends. */
  | "drip";

/** A provider of language models, over real HTTP. */
export interface ModelServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** How it answers from now on. */
  reply(how: (asked: Asked) => Reply | Promise<Reply>): void;
  close(): Promise<void>;
}

/** Starts one that answers nothing useful before it is told how. */
export async function startModelServer(): Promise<ModelServer> {
  const asked: Asked[] = [];
  let how: (one: Asked) => Reply | Promise<Reply> = () => ({ status: 404, body: "{}" });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const one = { path: request.url ?? "", headers: request.headers, body };
    asked.push(one);
    send(await how(one), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    reply(next) {
      how = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === "silence") return;
  if (reply === "hang-up") response.destroy();
  else if (reply === "endless" || reply === "drip") {
    response.writeHead(200, { "content-type": "application/json" });
    // Whoever asks leaves.
    pipeline(blanks(reply), response).catch(() => undefined);
  } else if (reply === "half") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
    response.write('{"candidates":', () => response.destroy());
  } else {
    const headers = { "content-type": "application/json", ...reply.headers };
    response.writeHead(reply.status, headers).end(reply.body);
  }
}

async function* blanks(how: "endless" | "drip"): AsyncGenerator<Buffer> {
  for (;;) {
    yield Buffer.alloc(how === "drip" ? 1 : 65_536, " ");
    if (how === "drip") await setTimeout(5);
  }
}

/** An answer as it is asked for. */
export const ANSWER: LlmAnswer = {
  summary: "The disk of the payment service filled up.",
  likelyCause: "Old files were not removed.",
  nextStep: "Look at df -h.",
};

/** A provider's API: how its address is configured, what it answers, and what is read from a request. */
export interface Format {
  readonly name: "gemini" | "openai-compatible";
  readonly settings: (url: string) => Readonly<Record<string, unknown>>;
  readonly path: string;
  /** How the key comes. */
  readonly key: (headers: IncomingHttpHeaders) => unknown;
  /** An answer in which a model writes this text. */
  readonly writes: (text: string) => Reply;
  /** An error, and what of it is told. */
  readonly fails: (status: number) => Reply;
  readonly code: string;
  /** An error whose code is of the provider's own making. */
  readonly failsWith: (code: unknown) => Reply;
  /** Answers that were withheld, by what is told of each. */
  readonly withheld: Readonly<Record<string, Reply>>;
  /** Answers without text. */
  readonly empty: readonly Reply[];
  readonly cutOff: Reply;
  readonly sent: (body: string) => { readonly instruction: string; readonly data: string };
}

const ok = (body: object): Reply => ({ status: 200, body: JSON.stringify(body) });
const text = z.object({ text: z.string() });
const geminiRequest = z.object({
  systemInstruction: z.object({ parts: z.tuple([text]) }),
  contents: z.tuple([z.object({ role: z.literal("user"), parts: z.tuple([text]) })]),
  generationConfig: z.object({
    responseMimeType: z.literal("application/json"),
    responseSchema: z.object({ type: z.literal("object"), required: z.array(z.string()).length(3) }),
    maxOutputTokens: z.int(),
  }),
});
const openAiRequest = z.object({
  model: z.string(),
  messages: z.tuple([
    z.object({ role: z.literal("system"), content: z.string() }),
    z.object({ role: z.literal("user"), content: z.string() }),
  ]),
  response_format: z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({ strict: z.literal(true), schema: z.object({ type: z.literal("object") }) }),
  }),
  max_tokens: z.int(),
});

const USAGE = {
  promptTokenCount: 300,
  candidatesTokenCount: 30,
  thoughtsTokenCount: 10,
  totalTokenCount: 340,
};
const OPENAI_USAGE = { prompt_tokens: 300, completion_tokens: 40, total_tokens: 340 };

/** ai.google.dev/api/generate-content */
const gemini: Format = {
  name: "gemini",
  settings: (url) => ({ provider: "gemini", google_api_key: "key_of_gemini", base_url: url }),
  path: "/v1beta/models/gemini-3.5-flash-lite:generateContent",
  key: (headers) => headers["x-goog-api-key"],
  writes: (written) =>
    ok({
      candidates: [
        {
          content: { role: "model", parts: [{ text: "Let me think.", thought: true }, { text: written }] },
          finishReason: "STOP",
          index: 0,
        },
      ],
      // As what stands between writes what is not there.
      promptFeedback: { blockReason: null },
      usageMetadata: USAGE,
      modelVersion: "gemini-3.5-flash-lite",
    }),
  fails: (status) => ({
    status,
    body: JSON.stringify({
      error: {
        code: status,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
        details: [
          { "@type": "type.googleapis.com/google.rpc.Help", reason: 5, retryDelay: "soon" },
          { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "0.1s" },
        ],
      },
    }),
  }),
  code: "API_KEY_INVALID",
  failsWith: (code) => ({
    status: 403,
    body: JSON.stringify({ error: { code: 403, status: code, details: [{ reason: code }] } }),
  }),
  withheld: {
    "the answer was withheld (PROHIBITED_CONTENT)": ok({
      promptFeedback: { blockReason: "PROHIBITED_CONTENT", safetyRatings: [] },
      usageMetadata: USAGE,
    }),
    "the answer was withheld (SAFETY)": ok({
      candidates: [
        {
          content: { role: "model", parts: [{ text: JSON.stringify(ANSWER) }] },
          finishReason: "SAFETY",
          safetyRatings: [
            { category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true },
          ],
        },
      ],
      usageMetadata: USAGE,
    }),
    "the answer was withheld": ok({
      promptFeedback: { blockReason: "of payment" },
      usageMetadata: USAGE,
    }),
  },
  empty: [
    ok({ usageMetadata: USAGE }),
    ok({ candidates: [], usageMetadata: USAGE }),
    ok({ candidates: [{ content: { role: "model" }, finishReason: "STOP" }], usageMetadata: USAGE }),
    ok({
      candidates: [{ content: { parts: [{ text: "Hm.", thought: true }, { thoughtSignature: "x" }] } }],
      usageMetadata: USAGE,
    }),
  ],
  cutOff: ok({
    candidates: [{ finishReason: "MAX_TOKENS" }],
    usageMetadata: { promptTokenCount: 300, thoughtsTokenCount: 2048 },
  }),
  sent(body) {
    const { systemInstruction, contents } = geminiRequest.parse(JSON.parse(body));
    return { instruction: systemInstruction.parts[0].text, data: contents[0].parts[0].text };
  },
};

/** platform.openai.com/docs/api-reference/chat */
const openAi: Format = {
  name: "openai-compatible",
  settings: (url) => ({
    provider: "openai-compatible",
    api_key: "key_of_vllm",
    base_url: `${url}/v1/`,
    model: "meta-llama/Llama-3.2-3B",
  }),
  path: "/v1/chat/completions",
  key: (headers) => headers.authorization?.replace("Bearer ", ""),
  writes: (written) =>
    ok({
      id: "chatcmpl-1",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: written }, finish_reason: "stop" }],
      usage: OPENAI_USAGE,
    }),
  fails: (status) => ({
    status,
    headers: { "retry-after": "0" },
    body: JSON.stringify({
      error: { message: "Incorrect API key provided: key_of_vllm", type: "x y", code: "invalid_api_key" },
    }),
  }),
  code: "invalid_api_key",
  failsWith: (code) => ({ status: 403, body: JSON.stringify({ error: { code, message: "No." } }) }),
  withheld: {
    "the answer was withheld": ok({
      choices: [{ message: { role: "assistant", content: null, refusal: "No." }, finish_reason: "stop" }],
      usage: OPENAI_USAGE,
    }),
    "the answer was withheld (content_filter)": ok({
      choices: [{ message: { content: JSON.stringify(ANSWER) }, finish_reason: "content_filter" }],
      usage: OPENAI_USAGE,
    }),
  },
  empty: [
    ok({
      choices: [{ message: { content: null, reasoning_content: "Hm." }, finish_reason: "stop" }],
      usage: OPENAI_USAGE,
    }),
    ok({ choices: [{ message: { content: "", reasoning: "Hm." } }], usage: OPENAI_USAGE }),
    ok({ choices: [{ message: { content: [{ type: "thinking", thinking: [] }] } }], usage: OPENAI_USAGE }),
  ],
  cutOff: ok({
    choices: [{ message: { content: '{"summary": "The' }, finish_reason: "length" }],
    usage: { prompt_tokens: 300, completion_tokens: 2048 },
  }),
  sent(body) {
    const { messages } = openAiRequest.parse(JSON.parse(body));
    return { instruction: messages[0].content, data: messages[1].content };
  },
};

export const FORMATS: readonly Format[] = [gemini, openAi];
