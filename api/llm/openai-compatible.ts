import { z } from "zod";
import { ANSWER_PARTS } from "./answer.ts";
import { type ExplainerConfig, reachOf } from "./config.ts";
import { errorOfStatus, LlmError } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";
import { send } from "./send.ts";

const tokens = z.int().nonnegative().optional().catch(undefined);
const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(undefined),
});
const refusal = z.object({ error: z.object({ code: z.unknown().optional(), type: z.unknown().optional() }) });

const ANSWER_SCHEMA = {
  type: "object",
  properties: Object.fromEntries(
    Object.entries(ANSWER_PARTS).map(([name, description]) => [name, { type: "string", description }]),
  ),
  required: Object.keys(ANSWER_PARTS),
  additionalProperties: false,
};

/** Whatever speaks OpenAI's chat completions with structured outputs: Ollama, vLLM, llama.cpp, LM Studio, OpenAI, a gateway. */
export function createOpenAiCompatible(config: ExplainerConfig, now: () => number): Provider {
  const { base_url: baseUrl, api_key: key } = config;
  return {
    async ask(prompt, signal) {
      const { status, body, retryAfterMs } = await send({
        url: `${baseUrl}/chat/completions`,
        headers: key === "" ? {} : { authorization: `Bearer ${key}` },
        body: toRequest(prompt, config),
        now,
        signal,
        reach: reachOf(config),
      });
      if (status >= 200 && status < 300) return toAnswer(body);
      const { code, type } = refusal.safeParse(body).data?.error ?? {};
      throw errorOfStatus(status, [code, type], retryAfterMs);
    },
  };
}

function toRequest({ instruction, data }: Prompt, config: ExplainerConfig) {
  return {
    model: config.model,
    messages: [
      { role: "system", content: instruction },
      { role: "user", content: data },
    ],
    response_format: {
      type: "json_schema",
      json_schema: { name: "explanation", strict: true, schema: ANSWER_SCHEMA },
    },
    [config.answer_tokens_field]: config.max_answer_tokens,
  };
}

function toAnswer(body: unknown): ProviderAnswer {
  const parsed = completion.safeParse(body);
  if (!parsed.success) throw new LlmError("malformed", "this is no chat completion");
  const { choices, usage: counted } = parsed.data;
  const [choice] = choices;
  const usage = { promptTokens: counted?.prompt_tokens, answerTokens: counted?.completion_tokens };
  if (choice?.finish_reason === "length")
    throw new LlmError("malformed", "the answer was cut off", { usage });
  return { text: choice?.message.content ?? "", usage };
}
