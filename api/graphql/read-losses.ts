import { z } from "zod";

/** A trainer's report, as far as its curve goes. */
const withCurve = z.looseObject({ curve: z.array(z.object({ step: z.int(), loss: z.number() })) });

/** The loss by step that a trainer has reported, as JSON text; nothing where it has told none. */
export function readLosses(
  report: string | undefined,
): readonly { readonly step: number; readonly loss: number }[] {
  if (report === undefined) return [];
  try {
    return withCurve.parse(JSON.parse(report)).curve;
  } catch {
    return [];
  }
}
