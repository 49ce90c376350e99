import { ALPHAS, type DecisionSpread, type DetectorResult, type ViewResult } from "../summarise.ts";
import type { ViewName } from "../views.ts";

/** The figures of a part of the test; all of it where none is named. @throws Error for a part that was not measured */
export function viewOf({ views }: DetectorResult, name: ViewName = "all"): ViewResult {
  const found = views.find(({ view }) => view === name);
  if (found === undefined) throw new Error(`there is no view ${name}`);
  return found;
}

/** The decisions with the threshold that promised this rate. */
export function decisionsFor({ calibrated }: ViewResult, alpha: (typeof ALPHAS)[number]): DecisionSpread {
  const found = calibrated[ALPHAS.indexOf(alpha)];
  if (found === undefined) throw new Error(`there are no decisions for ${alpha}`);
  return found;
}
