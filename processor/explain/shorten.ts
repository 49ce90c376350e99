const ELLIPSIS = "…";

/** The text, cut at `charactersMax` UTF-16 units with an ellipsis where it is longer; never inside a surrogate pair. */
export function shorten(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const cut = text.slice(0, Math.max(0, charactersMax - ELLIPSIS.length)).trimEnd();
  return cut.replace(/[\uD800-\uDBFF]$/, "") + ELLIPSIS;
}
