import { z } from "zod";
import { ANSWER_PARTS } from "./answer.ts";
import { type ExplainerConfig, reachOf } from "./config.ts";
import { WITHHELD } from "./error-codes.ts";
import { errorOfStatus, errorOfWithheld, LlmError } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";
import { send } from "./send.ts";

const tokens = z.int().nonnegative().optional().catch(undefined);
/** In parts where a server tells thoughts apart from it. */
const written = z.union([z.string(), z.array(z.object({ text: z.string().catch("") }))]);
const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: written.nullish(), refusal: z.string().nullish().catch(undefined) }),
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

const RESPONSE_FORMAT = {
  response_format: {
    type: "json_schema",
    json_schema: { name: "explanation", strict: true, schema: ANSWER_SCHEMA },
  },
};

/** What a refusal of such an answer's form speaks of, in a parameter's name, a place in the question or a sentence. */
const OF_FORM = /response.?format|json.?schema|structured.?output/i;

/**
 * Whatever speaks OpenAI's chat completions: Ollama, vLLM, llama.cpp, LM Studio, OpenAI, a gateway. The form of the answer is asked for
 * as structured output, and by the prompt alone once a server has said that it knows none.
 */
export function createOpenAiCompatible(config: ExplainerConfig, now: () => number): Provider {
  const { base_url: baseUrl, api_key: key } = config;
  let takesForm = true;
  return {
    async ask(prompt, signal) {
      const hasForm = takesForm;
      const { status, body, retryAfterMs } = await send({
        url: `${baseUrl}/chat/completions`,
        headers: key === "" ? {} : { authorization: `Bearer ${key}` },
        body: { ...toRequest(prompt, config), ...(hasForm ? RESPONSE_FORMAT : {}) },
        now,
        signal,
        reach: reachOf(config),
      });
      if (status >= 200 && status < 300) return toAnswer(body);
      const { code, type } = refusal.safeParse(body).data?.error ?? {};
      const error = errorOfStatus(status, [code, type], retryAfterMs);
      if (!(hasForm && error.reason === "refused" && OF_FORM.test(JSON.stringify(body)))) throw error;
      takesForm = false;
      throw new LlmError("refused", error.detail, { isPassing: true });
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
  const { content, refusal: refused } = choice?.message ?? {};
  if (refused || WITHHELD.has(choice?.finish_reason)) throw errorOfWithheld([choice?.finish_reason], usage);
  const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text).join("");
  if (text === "") throw new LlmError("malformed", "no text came", { usage });
  return { text, usage };
}
