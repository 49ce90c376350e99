import type { Claim } from "./claim.ts";
import { type ExpectedClaim, floorOf, strengthOf } from "./expected-kinds.ts";
import type { Grounds } from "./grounds.ts";
import type { Scope } from "./p-values.ts";
import type { Verdict } from "./verdict.ts";

/** What the evidence comes to. */
export type Assessment = Pick<Verdict, "pValue" | "strength" | "quieted">;

/**
 * Holds the evidence on an event or session against what people called expected of its kind. No probability falls below what
 * their words make of it, unless the rest of the evidence, of which they did not speak, is as rare alone: an expected message
 * that comes in a burst is a burst. The p-values in the grounds stay the detectors' own: by these the next word is measured.
 * What contributed to the verdict is listed with the same floors. What they spoke of and the evidence is silent on stays as
 * it is. Where two of them speak of one claim, what makes it more probable counts.
 *
 * @param all what all of the evidence comes to
 * @param restWithout the p-value that is left without these claims
 */
export function quiet(
  all: Assessment,
  expected: readonly ExpectedClaim[],
  scope: Scope,
  grounds: Grounds,
  restWithout: (claims: readonly Claim[]) => number,
): Assessment {
  const found = foundIn(grounds);
  const floors = new Map<Claim, number>();
  for (const one of expected) {
    const floor = floorOf(one, strengthOf(found, one.claim, scope));
    floors.set(one.claim, Math.max(floor, floors.get(one.claim) ?? 0));
  }
  const claims = [...floors.keys()];
  const floor = Math.min(...floors.values());
  const pValue = Math.max(all.pValue, Math.min(restWithout(claims), floor));
  return { strength: all.strength, pValue, quieted: { pValue: all.pValue, floor, floors } };
}

function foundIn(grounds: Grounds) {
  return Array.from({ length: grounds.size }, (_, index) => ({
    detector: grounds.detector(index),
    pValue: grounds.pValue(index),
  }));
}
