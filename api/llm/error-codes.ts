/**
 * Why Gemini gives an answer back in part or not at all (ai.google.dev/api/generate-content: FinishReason, BlockReason), and OpenAI
 * (finish_reason of platform.openai.com/docs/api-reference/chat/object).
 */
export const WITHHELD: ReadonlySet<unknown> = new Set([
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MODEL_ARMOR",
  "JAILBREAK",
  "content_filter",
]);

/**
 * What providers call their errors. Only these are told: what else stands in the place of a code may be the key or a word of the prompt.
 *
 * Sources: Gemini: google.rpc.Code and the reasons of google.rpc.ErrorInfo (cloud.google.com/apis/design/errors). OpenAI:
 * platform.openai.com/docs/guides/error-codes. vLLM, llama.cpp, Ollama: the types in their servers' answers.
 */
const KNOWN: ReadonlySet<unknown> = new Set([
  ...WITHHELD,
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "NOT_FOUND",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "API_KEY_INVALID",
  "API_KEY_SERVICE_BLOCKED",
  "API_KEY_HTTP_REFERRER_BLOCKED",
  "API_KEY_IP_ADDRESS_BLOCKED",
  "SERVICE_DISABLED",
  "BILLING_DISABLED",
  "CONSUMER_INVALID",
  "CONSUMER_SUSPENDED",
  "RATE_LIMIT_EXCEEDED",
  "RESOURCE_QUOTA_EXCEEDED",
  "USER_PROJECT_DENIED",
  "invalid_api_key",
  "model_not_found",
  "insufficient_quota",
  "rate_limit_exceeded",
  "context_length_exceeded",
  "unsupported_parameter",
  "unsupported_value",
  "unsupported_country_region_territory",
  "billing_not_active",
  "invalid_request_error",
  "authentication_error",
  "permission_error",
  "not_found_error",
  "not_supported_error",
  "exceed_context_size_error",
  "unavailable_error",
  "server_error",
  "api_error",
  "BadRequestError",
  "NotFoundError",
  "InternalServerError",
]);

/** Whether it is a code that names an error and holds nothing else. */
export function isKnownErrorCode(code: unknown): code is string {
  return KNOWN.has(code);
}
