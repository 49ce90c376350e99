import {
  type GenerateContentResult,
  type GenerativeModel,
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  type ResponseSchema,
  SchemaType,
} from "@google/generative-ai";
import { z } from "zod";
import { ANSWER_PARTS } from "./answer.ts";
import type { ExplainerConfig } from "./config.ts";
import { errorOfStatus, errorOfTransport, LlmError } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";

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

/** The SDK's types say what should come, not what does. */
const generated = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(z.object({ text: z.string().optional() })).min(1) }),
        finishReason: z.string().optional(),
      }),
    )
    .min(1),
  usageMetadata: z
    .object({ promptTokenCount: z.int().optional(), candidatesTokenCount: z.int().optional() })
    .optional()
    .catch(undefined),
});
const errorDetails = z
  .array(
    z.object({
      reason: z.string().optional(),
      /** google.rpc.RetryInfo. */
      retryDelay: z
        .string()
        .regex(/^\d{1,9}(\.\d+)?s$/)
        .optional()
        .catch(undefined),
    }),
  )
  .catch([]);

/** Gemini, by Google's SDK: the only file that knows it. Times out by the signal alone: the SDK's own timer would outlive the call. */
export function createGemini(config: ExplainerConfig, model: string): Provider {
  const { google_api_key: key, base_url: baseUrl, max_answer_tokens: maxOutputTokens } = config;
  const client = new GoogleGenerativeAI(key);
  const modelFor = ({ instruction }: Prompt): GenerativeModel =>
    client.getGenerativeModel(
      {
        model,
        systemInstruction: instruction,
        generationConfig: {
          responseMimeType: "application/json",
          responseSchema: ANSWER_SCHEMA,
          maxOutputTokens,
        },
      },
      baseUrl === "" ? {} : { baseUrl },
    );
  return {
    async ask(prompt, signal) {
      let result: GenerateContentResult;
      try {
        result = await modelFor(prompt).generateContent(prompt.data, { signal });
      } catch (error) {
        throw toLlmError(error, signal);
      }
      return toAnswer(result);
    },
  };
}

function toLlmError(error: unknown, signal: AbortSignal): LlmError {
  if (error instanceof GoogleGenerativeAIFetchError && error.status !== undefined) {
    const details = errorDetails.parse(error.errorDetails);
    const delay = details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
    return errorOfStatus(
      error.status,
      details.find(({ reason }) => reason !== undefined)?.reason,
      delay === undefined ? undefined : Number.parseFloat(delay) * 1_000,
    );
  }
  // It reads the answer outside of its own errors.
  if (error instanceof SyntaxError) return new LlmError("malformed", "this is no JSON");
  return errorOfTransport(error, signal);
}

function toAnswer({ response }: GenerateContentResult): ProviderAnswer {
  const parsed = generated.safeParse(response);
  if (!parsed.success) throw new LlmError("malformed", "no text came, or it was withheld");
  const { candidates, usageMetadata } = parsed.data;
  const [candidate] = candidates;
  if (candidate?.finishReason === "MAX_TOKENS") throw new LlmError("malformed", "the answer was cut off");
  return {
    text: candidate?.content.parts.map(({ text }) => text ?? "").join("") ?? "",
    promptTokens: usageMetadata?.promptTokenCount,
    answerTokens: usageMetadata?.candidatesTokenCount,
  };
}
