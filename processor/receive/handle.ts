import { type Answer, answerOf, internalAnswer, overloadedAnswer } from "./answer.ts";
import type { Consume, ReceiveObserver, Transport } from "./consume.ts";
import type { Admission, Reservation } from "./limits.ts";

/** What every transport needs. */
export interface HandlePorts {
  readonly consume: Consume;
  readonly admission: Admission;
  readonly observer: ReceiveObserver;
  readonly onError: (error: unknown) => void;
}

/** A request that was read whole. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly transport: Transport;
  /** Aborted when the sender goes away. */
  readonly signal: AbortSignal;
  /** Holds the bytes already where the transport counted them while they arrived. */
  readonly reservation?: Reservation;
}

/** Admits a request, has it consumed, and says what the sender is told. Never rejects. */
export async function handle(arrival: Arrival, ports: HandlePorts): Promise<Answer> {
  const reservation = arrival.reservation ?? ports.admission.open();
  const isAdmitted = arrival.reservation !== undefined || reservation.grow(arrival.bytes.length);
  const answer = isAdmitted ? await consumeArrival(arrival, ports) : overloadedAnswer(arrival.transport);
  reservation.release();
  if (answer.kind === "error") ports.observer.refused(answer.reason, arrival.transport);
  return answer;
}

async function consumeArrival(
  { bytes, signal, transport }: Arrival,
  { consume, onError }: HandlePorts,
): Promise<Answer> {
  try {
    return answerOf(await consume(bytes, signal, transport));
  } catch (error) {
    onError(error);
    return internalAnswer();
  }
}
