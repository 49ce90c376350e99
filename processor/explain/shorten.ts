const ELLIPSIS = "…";
/** Of what is kept of a text that is cut in its middle: messages that begin alike are told apart by their ends. */
const HEAD_SHARE = 0.65;

/** The text, cut at `charactersMax` UTF-16 units with an ellipsis where it is longer; never inside a surrogate pair. */
export function shorten(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const cut = text.slice(0, Math.max(0, charactersMax - ELLIPSIS.length)).trimEnd();
  return cut.replace(/[\uD800-\uDBFF]$/, "") + ELLIPSIS;
}

/** As {@link shorten}, but begin and end are kept. Example: "pending task (spawning). Skip." at 20 gives "pending task…. Skip." */
export function shortenMiddle(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const kept = Math.max(0, charactersMax - ELLIPSIS.length);
  const head = Math.ceil(kept * HEAD_SHARE);
  const tail = text.slice(text.length - (kept - head)).replace(/^[\uDC00-\uDFFF]/, "");
  return shorten(text, head + ELLIPSIS.length) + (kept > head ? tail.trimStart() : "");
}
