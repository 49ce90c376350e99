/** What a detector's word is about: that this came here, or how often it comes. What is expected of the one says nothing of the other. */
export type Claim = "message" | "rate";

/** Below which p-value what is claimed cannot fall, because people called the like of it expected. */
export type Floors = ReadonlyMap<Claim, number>;

/** Of a burst or a silence: rate. Of a detector that this version does not know: message. */
export function claimOf(detector: string): Claim {
  return detector === "rate" ? "rate" : "message";
}
