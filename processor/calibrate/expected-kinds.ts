import { subjectOf } from "../../store/kind.ts";
import type { Label, LabelledDetector } from "../../store/label.ts";
import { type Claim, claimOf } from "./claim.ts";
import { jointStrength } from "./combine.ts";
import type { Scope } from "./p-values.ts";
import { P_FLOOR } from "./score.ts";

/** What people called expected, of one kind of event and of what one sort of detector says of it. */
export interface ExpectedClaim {
  readonly claim: Claim;
  /** The share that an event like theirs has among events like theirs, 0 to 1: it grows with their number. */
  readonly share: number;
  /** The oddest that they called expected: see {@link strengthOf}. */
  readonly strength: number;
}

/** By kind: see kind.ts. */
export type ExpectedKinds = ReadonlyMap<string, readonly ExpectedClaim[]>;

/** Nats by which the same thing may look odder the next time: e^2 times less probable. */
const TOLERANCE = 2;

/** What a detector found, as far as it counts here. */
interface Found {
  readonly detector: string;
  readonly pValue: number;
}

/**
 * How odd something is by what one claim's detectors say, in nats, 0 when they say nothing. Of an event the oddest -ln p: as
 * often as not several detectors are surprised by the same thing, and which of them have a say differs from time to time. Of a
 * session their joint strength, as in its verdict: there each p-value alone soon reaches the least that its sample supports.
 */
export function strengthOf(found: readonly Found[], claim: Claim, scope: Scope): number {
  const own = found.filter(({ detector }) => claimOf(detector) === claim);
  if (scope === "session") return jointStrength(own, () => 1);
  return own.reduce((most, { pValue }) => Math.max(most, -Math.log(Math.max(P_FLOOR, pValue))), 0);
}

/**
 * A p-value below which something of this strength cannot fall, because people called the like of it expected. Their events
 * are a sample of what is normal for the kind: as odd as them is no odder than `share`; what is odder falls off with scale 1,
 * as -ln p of calibrated p-values does. Example: a share of 0.5 and 3 nats beyond what is tolerated give 0.025.
 */
export function floorOf({ share, strength }: ExpectedClaim, strengthNow: number): number {
  return share * Math.exp(-Math.max(0, strengthNow - strength - TOLERANCE));
}

/**
 * What is expected in a service.
 * @param labels the latest word on each of its anomalies, newest first
 */
export function expectedKinds(labels: readonly Label[]): ExpectedKinds {
  const kinds = new Map<string, readonly ExpectedClaim[]>();
  for (const [kind, said] of Map.groupBy(labels, (label) => label.kind)) {
    const claims = [...Map.groupBy(said, claimOfLabel)].flatMap(
      ([claim, words]) => expectedClaim(claim, words) ?? [],
    );
    if (claims.length > 0) kinds.set(kind, claims);
  }
  return kinds;
}

/** Undefined when the newest word is that it was a true anomaly, or there are no more words of the other sort. */
function expectedClaim(claim: Claim, words: readonly Label[]): ExpectedClaim | undefined {
  const expected = words.filter(({ isTrueAnomaly }) => !isTrueAnomaly);
  const confirmed = words.length - expected.length;
  if (words[0]?.isTrueAnomaly !== false || confirmed >= expected.length) return undefined;
  const strength = Math.max(
    ...expected.map(({ detectors, kind }) => strengthOf(detectors.map(asFound), claim, scopeOfKind(kind))),
  );
  return { claim, share: expected.length / (expected.length + confirmed + 1), strength };
}

/**
 * What the detector itself found, as {@link strengthOf} is asked about what comes: measured by what earlier words had left of
 * it, an event could be called expected for ever and stay as odd.
 */
function asFound({ detector, ownPValue }: LabelledDetector): Found {
  return { detector, pValue: ownPValue };
}

function scopeOfKind(kind: string): Scope {
  return subjectOf(kind) === "event" ? "event" : "session";
}

/**
 * What the detector spoke of that was surprised most in the verdict, earlier words taken into account: of an expected message
 * that comes in a burst the verdict tells the burst, and so does whoever answers to it, however odd the message is.
 */
export function claimOfLabel({ detectors }: Label): Claim {
  const strongest = detectors.reduce<Found>((one, other) => (other.pValue < one.pValue ? other : one), {
    detector: "",
    pValue: 1,
  });
  return claimOf(strongest.detector);
}
