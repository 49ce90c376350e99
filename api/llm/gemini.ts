import { type GenerateContentRequest, type ResponseSchema, SchemaType } from "@google/generative-ai";
import { z } from "zod";
import type { TokenUsage } from "../../store/llm.ts";
import { ANSWER_PARTS } from "./answer.ts";
import { type ExplainerConfig, reachOf } from "./config.ts";
import { WITHHELD } from "./error-codes.ts";
import { errorOfStatus, errorOfWithheld, LlmError } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";
import { send } from "./send.ts";

const GOOGLE_URL = "https://generativelanguage.googleapis.com";
/** The version of the API that knows schemas of answers. */
const API_VERSION = "v1beta";

const ANSWER_SCHEMA: ResponseSchema = {
  type: SchemaType.OBJECT,
  properties: Object.fromEntries(
    Object.entries(ANSWER_PARTS).map(([name, description]) => [
      name,
      { type: SchemaType.STRING, description },
    ]),
  ),
  required: Object.keys(ANSWER_PARTS),
};

const tokens = z.int().nonnegative().optional().catch(undefined);
const generated = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(z.object({ text: z.string().optional(), thought: z.boolean().optional() }))
              .optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.unknown().optional() }).optional().catch(undefined),
  usageMetadata: z
    .object({ promptTokenCount: tokens, candidatesTokenCount: tokens, thoughtsTokenCount: tokens })
    .optional()
    .catch(undefined),
});
const refusal = z.object({
  error: z.object({ status: z.unknown().optional(), details: z.array(z.unknown()).catch([]) }),
});
/** google.rpc.ErrorInfo. */
const errorInfo = z.object({ reason: z.string() });
/** google.rpc.RetryInfo. */
const retryInfo = z.object({ retryDelay: z.string().regex(/^\d{1,9}(\.\d+)?s$/) });

/** Gemini, in the words of Google's SDK; the only file that knows it. The SDK itself would carry key and prompt along a redirect. */
export function createGemini(config: ExplainerConfig, model: string, now: () => number): Provider {
  const { google_api_key: key, base_url: baseUrl, max_answer_tokens: maxOutputTokens } = config;
  const path = model.includes("/") ? model : `models/${model}`;
  return {
    async ask(prompt, signal) {
      const { status, body, retryAfterMs } = await send({
        url: `${baseUrl || GOOGLE_URL}/${API_VERSION}/${path}:generateContent`,
        headers: { "x-goog-api-key": key },
        body: toRequest(prompt, maxOutputTokens),
        now,
        signal,
        reach: reachOf(config),
      });
      if (status >= 200 && status < 300) return toAnswer(body);
      throw toError(status, body, retryAfterMs);
    },
  };
}

function toRequest({ instruction, data }: Prompt, maxOutputTokens: number): GenerateContentRequest {
  return {
    systemInstruction: { role: "system", parts: [{ text: instruction }] },
    contents: [{ role: "user", parts: [{ text: data }] }],
    generationConfig: {
      responseMimeType: "application/json",
      responseSchema: ANSWER_SCHEMA,
      maxOutputTokens,
    },
  };
}

function toError(status: number, body: unknown, headerMs: number | undefined): LlmError {
  const { status: code, details = [] } = refusal.safeParse(body).data?.error ?? {};
  const reasons = details.map((one) => errorInfo.safeParse(one).data?.reason);
  const [delay] = details.flatMap((one) => retryInfo.safeParse(one).data?.retryDelay ?? []);
  const askedMs = delay === undefined ? headerMs : Number.parseFloat(delay) * 1_000;
  return errorOfStatus(status, [...reasons, code], askedMs);
}

function toAnswer(body: unknown): ProviderAnswer {
  const parsed = generated.safeParse(body);
  if (!parsed.success) throw new LlmError("malformed", "this is no generated content");
  const { candidates, promptFeedback, usageMetadata } = parsed.data;
  const usage = toUsage(usageMetadata);
  const [candidate] = candidates ?? [];
  if (candidate?.finishReason === "MAX_TOKENS")
    throw new LlmError("malformed", "the answer was cut off", { usage });
  const blockReason = promptFeedback?.blockReason ?? undefined;
  if (blockReason !== undefined || WITHHELD.has(candidate?.finishReason))
    throw errorOfWithheld([blockReason, candidate?.finishReason], usage);
  const written = (candidate?.content?.parts ?? []).filter(({ thought }) => thought !== true);
  const text = written.map((part) => part.text ?? "").join("");
  if (text === "") throw new LlmError("malformed", "no text came", { usage });
  return { text, usage };
}

function toUsage(counted: z.infer<typeof generated>["usageMetadata"]): TokenUsage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = counted ?? {};
  const answer = [candidatesTokenCount, thoughtsTokenCount].filter((count) => count !== undefined);
  return {
    promptTokens: promptTokenCount,
    answerTokens: answer.length === 0 ? undefined : answer.reduce((sum, count) => sum + count, 0),
  };
}
