import type { ParsedRecord } from "../window/sequence-window.ts";
import type { Told } from "./opinions.ts";
import { decide, type Slot, type SlotHolder, type Standing } from "./stream-context.ts";

/** What thinning is told of a request. */
export interface RequestToThin {
  readonly records: number;
  readonly bytes: number;
  /** Records that were looked at, in wire order. */
  readonly parsed: readonly ParsedRecord[];
}

/** A request from its turn until it is known of all its records what they are. It holds none of the request's bytes. */
export interface HeldRequest extends RequestToThin, SlotHolder {
  /** One for each record. */
  readonly slots: readonly Slot[];
  /** Set when its verdicts have come. */
  told: Told | undefined;
  /** Resolves when all of its records are decided; rejects where they never will be. */
  readonly allDecided: Promise<void>;
  readonly isDecided: boolean;
  /** Decides what is still open. Returns how many records that were. */
  decideRest(standing: Standing): number;
  /** What broke: nobody may wait for it any longer. */
  fail(cause: unknown): void;
}

/** Records that nobody looked at are decided at once. */
export function createHeldRequest(request: RequestToThin): HeldRequest {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Of one that has left nobody may be waiting.
  promise.catch(() => undefined);
  const slots: Slot[] = [];
  let open = request.records;
  const held: HeldRequest = {
    ...request,
    slots,
    told: undefined,
    allDecided: promise,
    get isDecided() {
      return open === 0;
    },
    decided() {
      open -= 1;
      if (open === 0) resolve();
    },
    decideRest: (standing) => decideEarly(slots, standing),
    fail: reject,
  };
  for (let index = 0; index < request.records; index++)
    slots.push({ standing: undefined, isEarly: false, holder: held });
  const lookedAt = new Set(request.parsed.map(({ recordIndex }) => recordIndex));
  for (const [index, slot] of slots.entries()) if (!lookedAt.has(index)) decide(slot, "unknown");
  if (request.records === 0) resolve();
  return held;
}

/** Decides records before it is known whether an anomaly follows. Returns how many of them were open. */
export function decideEarly(slots: readonly Slot[], standing: Standing): number {
  const open = slots.filter((slot) => slot.standing === undefined);
  for (const slot of open) {
    slot.isEarly = standing === "rest";
    decide(slot, standing);
  }
  return open.length;
}
