import { z } from "zod";
import { isLoopback } from "../access/loopback.ts";
import { mayReachUrl, type Reach } from "../outgoing/reach.ts";

/** Where none is named: a small one, for a few sentences. */
const GEMINI_MODEL = "gemini-3.5-flash-lite";
const UNSET = "a variable that is not set is empty";

/** Judged as it is written: what a parser forgives, such as a bare question mark, would cut off what is appended. */
function isBareHttp(text: string): boolean {
  return /^https?:\/\/[^\s?#@]+$/i.test(text) && URL.canParse(text);
}

/** As a header can carry it. */
const key = z
  .string("must be text; a key of digits alone would be read as a number")
  .max(512, "must have at most 512 characters")
  .trim()
  .regex(/^[!-~]*$/, "must be of ASCII letters, digits and signs, without spaces")
  .default("");

const explainerSettings = z.strictObject({
  provider: z
    .enum(["auto", "gemini", "openai-compatible", "off"])
    .default("auto")
    .describe(
      "Which language model explains anomalies ([explanations](explanations.md)). auto: Gemini where there is a `google_api_key`, else none. openai-compatible: whatever answers `/chat/completions`, such as Ollama or vLLM.",
    ),
  model: z
    .string("must be text")
    .regex(/^$|^[A-Za-z0-9][\w.:/-]{0,199}$/, "must be the name of a model, such as llama3.2:3b")
    .default("")
    .describe(`The model's name; \`${GEMINI_MODEL}\` with Gemini where none is given.`),
  google_api_key: key.describe("Gemini's key, best by GOOGLE_API_KEY. Secret: never printed."),
  api_key: key.describe(
    "Sent to an OpenAI-compatible endpoint as a bearer token, best as `${env:NAME}`; many need none. Secret: never printed.",
  ),
  base_url: z
    .string("must be text")
    .max(2_000)
    .trim()
    .refine(
      (text) => text === "" || isBareHttp(text),
      `must be an http or https address without user name, password, query or fragment; ${UNSET}`,
    )
    .overwrite((text) => text.replace(/\/+$/, ""))
    .default("")
    .describe(
      "Where the provider is: of an OpenAI-compatible one what stands before `/chat/completions`, such as `http://127.0.0.1:11434/v1`; of Gemini Google's address where none is given.",
    ),
  allow_private_addresses: z
    .boolean()
    .default(false)
    .describe(
      "Whether `base_url` may lead to private addresses, such as a model server in the own network. One that is written as localhost, 127.0.0.1 or [::1] may lead to this machine without it.",
    ),
  automatic: z
    .boolean()
    .default(false)
    .describe(
      "Whether the strongest anomaly of each new incident is asked about by itself, for at most half of the calls. Else only what somebody asks about.",
    ),
  send_values: z
    .boolean()
    .default(false)
    .describe(
      "Whether the redacted body of the record is sent as well. Else templates and placeholders only.",
    ),
  calls_per_hour: z
    .int()
    .min(0)
    .max(10_000)
    .default(60)
    .describe("Most calls in any hour, over restarts, tries that failed included."),
  calls_per_minute: z.int().min(1).max(1_000).default(10).describe("Most calls in any minute."),
  max_answer_tokens: z
    .int()
    .min(100)
    .max(100_000)
    .default(2_048)
    .describe("Longest answer that is paid for, a model's thinking included."),
  answer_tokens_field: z
    .enum(["max_tokens", "max_completion_tokens"])
    .default("max_tokens")
    .describe(
      "What an OpenAI-compatible endpoint calls that limit: OpenAI's own newer models want max_completion_tokens.",
    ),
  timeout_ms: z.int().min(100).max(600_000).default(30_000).describe("Longest wait for one answer."),
  retries: z
    .int()
    .min(0)
    .max(5)
    .default(2)
    .describe("Further tries after a failure that may pass: no answer, 429, 5xx."),
});

/** Language models that explain anomalies. */
export const explainerConfig = explainerSettings.superRefine((settings, context) => {
  const { provider, model, base_url: baseUrl } = settings;
  const problem = (path: keyof typeof settings, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (provider === "openai-compatible" && baseUrl === "")
    problem("base_url", "is needed here, such as http://127.0.0.1:11434/v1");
  if (provider === "openai-compatible" && model === "")
    problem("model", "is needed here: the name by which the endpoint knows it");
  if (!mayReachUrl(baseUrl, reachOf(settings)))
    problem("base_url", "leads to a private address: set explainer.allow_private_addresses if it shall");
  // A key is not sent to an address that was meant for somebody else.
  if (provider === "auto" && baseUrl !== "")
    problem("provider", "say whose explainer.base_url is: gemini or openai-compatible");
});
export type ExplainerConfig = z.infer<typeof explainerConfig>;

/** Where the provider may be. */
export function reachOf({
  base_url: baseUrl,
  allow_private_addresses: isAllowed,
}: Pick<ExplainerConfig, "base_url" | "allow_private_addresses">): Reach {
  if (isAllowed) return "private";
  const isOfThisMachine = URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname);
  return isOfThisMachine ? "loopback" : "public";
}

/** Who answers, and what is sent. */
export interface Asked {
  readonly provider: "gemini" | "openai-compatible";
  readonly model: string;
  /** Empty: the provider's own. */
  readonly baseUrl: string;
  readonly sendsValues: boolean;
}

/** Who is asked by this configuration; undefined: nobody. */
export function askedBy(config: ExplainerConfig): Asked | undefined {
  return config.provider === "auto" && config.google_api_key === "" ? undefined : meantBy(config);
}

/** Who is meant by this configuration, whether or not its key is at hand; undefined: nobody. */
export function meantBy(config: ExplainerConfig): Asked | undefined {
  const { provider, model, base_url: baseUrl, send_values: sendsValues } = config;
  if (provider === "off") return undefined;
  if (provider === "openai-compatible") return { provider, model, baseUrl, sendsValues };
  return { provider: "gemini", model: model || GEMINI_MODEL, baseUrl, sendsValues };
}

/** What is missing before anybody can be asked; undefined: nothing. */
export function missingForAsking({
  provider,
  google_api_key: key,
}: Pick<ExplainerConfig, "provider" | "google_api_key">): string | undefined {
  return provider === "gemini" && key === ""
    ? "explainer.google_api_key: Gemini needs one: set GOOGLE_API_KEY, or another explainer.provider"
    : undefined;
}

/** The same without what must not be printed. */
export function hideExplainerSecrets(settings: ExplainerConfig): ExplainerConfig {
  const hide = (text: string) => (text === "" ? "" : "(hidden)");
  return { ...settings, google_api_key: hide(settings.google_api_key), api_key: hide(settings.api_key) };
}
