import type { TokenImportance } from "../../store/anomaly.ts";
import { alignTokens } from "./align-tokens.ts";

/**
 * Moves weights of a template's words to where these words stand in a body of that template: a part of the body has the
 * weights of all that it stands for. Weights of what the body does not show are left out.
 *
 * Example: "disk <*> failed" with weight on 9..15 and the body "disk sda failed" give 0 on 0..4 and 5..8, and all on 9..15.
 * @param weights offsets are into the template
 */
export function placeWeights(
  template: string,
  body: string,
  weights: readonly TokenImportance[],
): readonly TokenImportance[] {
  if (weights.length === 0) return [];
  return alignTokens(template, body).map(({ token, start, end }) => ({
    token: body.slice(start, end),
    importance: weights
      .filter((weight) => weight.start >= token.start && weight.end <= token.end)
      .reduce((sum, { importance }) => sum + importance, 0),
    start,
    end,
  }));
}
