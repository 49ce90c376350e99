import { postTo } from "../outgoing/post-to.ts";
import type { Reach } from "../outgoing/reach.ts";
import { retryAfterMs } from "../retry-after.ts";
import type { Outcome } from "./outcome.ts";

/** Less than the lease lasts: who has lost it has given up by then. */
export const SEND_MS_MAX = 8_000;
/** Such as Slack's no_service. Whatever else an answer says may quote the address, which is a secret. */
const ERROR_WORD = /^[a-z_]{1,40}$/;
const ANSWER_BYTES_MAX = 4_096;

/** What is posted where. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Where it may lead. */
  readonly reach: Reach;
}

/** Posts JSON. Any 2xx is success; what does not say that the message is wrong is tried again. */
export async function post({ url, headers, body, reach }: Post, now: () => number): Promise<Outcome> {
  let response: Response;
  try {
    response = await postTo({
      url,
      headers: { "content-type": "application/json", "user-agent": "logbert", ...headers },
      body,
      signal: AbortSignal.timeout(SEND_MS_MAX),
      reach,
    });
  } catch (error) {
    return { kind: "retry", afterMs: undefined, reason: describeFailure(error) };
  }
  const answer = await readSome(response);
  if (response.ok) return { kind: "sent" };
  const reason = `HTTP ${response.status}${ERROR_WORD.test(answer) ? `: ${answer}` : ""}`;
  return isFinal(response.status)
    ? { kind: "refused", reason }
    : { kind: "retry", afterMs: retryAfterMs(response.headers.get("retry-after"), now()), reason };
}

/** What says that the message itself is wrong, or should go elsewhere. What else is refused, by a token that has expired or a proxy whose
 * server is away, may be taken later. */
function isFinal(status: number): boolean {
  return status < 400 || [400, 405, 406, 411, 413, 414, 415, 422, 431].includes(status);
}

/** By its code alone: what else an error says may hold the address, which is a secret. */
function describeFailure(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return /^[A-Z0-9_]{2,60}$/.test(code) ? `cannot be reached (${code})` : "cannot be reached";
}

async function readSome({ body }: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > ANSWER_BYTES_MAX) break;
    }
  } catch {
    // The status says enough.
  }
  return text.trim();
}
