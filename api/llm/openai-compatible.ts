import { z } from "zod";
import { retryAfterMs } from "../retry-after.ts";
import { ANSWER_PARTS } from "./answer.ts";
import type { ExplainerConfig } from "./config.ts";
import { errorOfStatus, errorOfTransport, LlmError } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";

/** An answer has a few hundred words. */
const ANSWER_BYTES_MAX = 1_048_576;

const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.int().optional(), completion_tokens: z.int().optional() })
    .nullish()
    .catch(undefined),
});
const refusal = z.object({ error: z.object({ code: z.unknown(), type: z.unknown() }) });

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
      const { response, text } = await send(`${baseUrl}/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "logbert",
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify(toRequest(prompt, config)),
        // Where it leads to was not configured.
        redirect: "manual",
        signal,
      });
      if (response.ok) return toAnswer(text);
      const parsed = refusal.safeParse(fromJson(text));
      const { code, type } = parsed.data?.error ?? {};
      const waitMs = retryAfterMs(response.headers.get("retry-after"), now());
      throw errorOfStatus(response.status, code ?? type, waitMs);
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

async function send(
  url: string,
  request: RequestInit & { readonly signal: AbortSignal },
): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const response = await fetch(url, request);
    return { response, text: await readText(response) };
  } catch (error) {
    throw error instanceof LlmError ? error : errorOfTransport(error, request.signal);
  }
}

async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) throw new LlmError("malformed", "the answer is too long");
  }
  return text;
}

function toAnswer(text: string): ProviderAnswer {
  const parsed = completion.safeParse(fromJson(text));
  if (!parsed.success) throw new LlmError("malformed", "this is no chat completion");
  const { choices, usage } = parsed.data;
  const [choice] = choices;
  if (choice?.finish_reason === "length") throw new LlmError("malformed", "the answer was cut off");
  return {
    text: choice?.message.content ?? "",
    promptTokens: usage?.prompt_tokens,
    answerTokens: usage?.completion_tokens,
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
