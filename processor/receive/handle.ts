import type { Metadata } from "../forward/metadata.ts";
import { type Answer, answerOf, internalAnswer, overloadedAnswer } from "./answer.ts";
import type { Consume, ReceiveObserver, Transport } from "./consume.ts";
import type { Entrance } from "./entrance.ts";
import type { Admission, Reservation } from "./limits.ts";

/** What every transport needs. */
export interface HandlePorts {
  readonly consume: Consume;
  readonly admission: Admission;
  readonly entrance: Entrance;
  readonly observer: ReceiveObserver;
  readonly onError: (error: unknown) => void;
  /** What a person should know; the same message is not logged again and again. */
  readonly warn: (details: object, message: string) => void;
}

/** A request that was read whole. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly transport: Transport;
  /** Aborted when the sender goes away. */
  readonly signal: AbortSignal;
  /** Holds the bytes already where the transport counted them while they arrived. */
  readonly reservation?: Reservation;
  /** Headers that go on with it. */
  readonly metadata?: Metadata | undefined;
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
  { bytes, signal, transport, metadata }: Arrival,
  { consume, onError }: HandlePorts,
): Promise<Answer> {
  try {
    return answerOf(await consume(bytes, signal, transport, metadata));
  } catch (error) {
    onError(error);
    return internalAnswer();
  }
}
