/** The path of a request's target as it was sent, and its query with the "?". Never throws: a target such as "//" is no URL. */
export function splitTarget(target: string | undefined): { readonly path: string; readonly query: string } {
  const text = target ?? "/";
  const mark = text.indexOf("?");
  return mark < 0 ? { path: text, query: "" } : { path: text.slice(0, mark), query: text.slice(mark) };
}
