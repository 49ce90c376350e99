import { hash } from "node:crypto";
import type { AttributeValue } from "../wire/record-view.ts";
import { type Randomness, readRandomness } from "./threshold.ts";

/** The attribute that carries a record's randomness, here and in the Collector's sampler. */
export const RANDOMNESS_ATTRIBUTE = "sampling.randomness";

const DIGITS = 14;

/** What a record's randomness is drawn from. */
export interface RandomnessSource {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly body: string;
  /** 32 lower-case hex digits. */
  readonly traceId: string | undefined;
  attribute(key: string): AttributeValue | undefined;
}

/**
 * The record's own, or the last 56 bits of its trace id: what every sampler of OpenTelemetry takes, so that traces stay whole.
 * Undefined where it has neither.
 */
export function givenRandomness(record: RandomnessSource): Randomness | undefined {
  return readRandomness(record.attribute(RANDOMNESS_ATTRIBUTE)) ?? record.traceId?.slice(-DIGITS);
}

/** What of a body goes on to the next hop. */
export type Shown = (body: string) => string;

/**
 * Of times and body: the same whenever, and in whichever request, a record comes.
 * @param shown by default all: a digest of what is redacted would let it be guessed
 */
export function drawnRandomness(
  { timeUnixNano, observedTimeUnixNano, body }: RandomnessSource,
  shown: Shown = (text) => text,
): Randomness {
  return hash("sha1", `${timeUnixNano} ${observedTimeUnixNano} ${shown(body)}`).slice(0, DIGITS);
}
