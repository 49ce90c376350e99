/** A score from an address or an input; what is none between 0 and 1 is 0. Example: "0.85" -> 0.85; "x", null, "7" -> 0 */
export function parseScore(text: string | null): number {
  const score = Number(text ?? "");
  return score > 0 && score <= 1 ? score : 0;
}
