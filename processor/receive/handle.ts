import { type Answer, answerOf, internalAnswer, overloadedAnswer } from "./answer.ts";
import type { Consume, ReceiveObserver, Transport } from "./consume.ts";
import type { Admission } from "./limits.ts";

/** What every transport needs. */
export interface HandlePorts {
  readonly consume: Consume;
  readonly admission: Admission;
  readonly observer: ReceiveObserver;
  readonly onError: (error: unknown) => void;
}

/** Admits a request, has it consumed, and says what the sender is told. Never rejects. */
export async function handle(
  bytes: Uint8Array,
  transport: Transport,
  signal: AbortSignal,
  { consume, admission, observer, onError }: HandlePorts,
): Promise<Answer> {
  const release = admission.admit(bytes.length);
  let answer: Answer;
  if (release === undefined) answer = overloadedAnswer();
  else {
    try {
      answer = answerOf(await consume(bytes, signal, transport));
    } catch (error) {
      onError(error);
      answer = internalAnswer();
    } finally {
      release();
    }
  }
  if (answer.kind === "error") observer.refused(answer.reason, transport);
  return answer;
}
