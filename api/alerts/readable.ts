/** What is shown of a service's name, and of a sentence on an anomaly. */
export const SERVICE_CHARACTERS_MAX = 120;
export const SUMMARY_CHARACTERS_MAX = 300;

/**
 * A log's text as a person may be shown it: without what steers a terminal or turns the direction of writing, on one line, cut to
 * a length between characters.
 */
export function readable(text: string, charactersMax: number): string {
  const plain = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, "")
    .trim();
  const characters = Array.from(plain.slice(0, 2 * charactersMax));
  const isWhole = plain.length <= 2 * charactersMax && characters.length <= charactersMax;
  return isWhole ? plain : `${characters.slice(0, charactersMax - 1).join("")}…`;
}
