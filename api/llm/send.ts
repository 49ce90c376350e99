import { postTo } from "../outgoing/post-to.ts";
import type { Reach } from "../outgoing/reach.ts";
import { retryAfterMs } from "../retry-after.ts";
import { errorOfTransport, LlmError } from "./llm-error.ts";

/** An answer has a few hundred words. */
const ANSWER_BYTES_MAX = 1_048_576;

/** A question as it goes over HTTP. */
export interface Question {
  readonly url: string;
  /** The provider's own, such as its key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Where it may lead. */
  readonly reach: Reach;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  /** Parsed; undefined where it is no JSON. */
  readonly body: unknown;
  /** How long its Retry-After asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

/**
 * Posts JSON to where it was configured to go, and nowhere else: a redirect is an answer like another. Reads 1 MiB at most, after
 * decompression: of a success more is an LlmError ("malformed"), of a failure the status is what counts.
 *
 * Rejects with an {@link LlmError} only.
 */
export async function send({ url, headers, body, now, signal, reach }: Question): Promise<Reply> {
  try {
    const response = await postTo({
      url,
      headers: { "content-type": "application/json", "user-agent": "logbert", ...headers },
      body: JSON.stringify(body),
      signal,
      reach,
    });
    const text = await readText(response);
    return {
      status: response.status,
      body: fromJson(text),
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), now()),
    };
  } catch (error) {
    throw error instanceof LlmError ? error : errorOfTransport(error, signal);
  }
}

/** Leaving the loop ends the connection. */
async function readText({ body, ok }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > ANSWER_BYTES_MAX) throw new LlmError("malformed", "the answer is too long");
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (ok) throw error;
  }
  return text;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
