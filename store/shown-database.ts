/**
 * The address of a PostgreSQL database without user, password and options. Example: "postgres://logs:secret@db.example:5432/logbert" is
 * shown as "postgres://db.example:5432/logbert".
 */
export function shownAddress(url: string): string {
  // A host that is a directory of sockets stands in the options.
  if (!URL.canParse(url)) return "postgres:(hidden)";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** What a database is called where people read it: its file, or its address. */
export function shownDatabase({ path, url }: { readonly path: string; readonly url: string }): string {
  return url === "" ? path : shownAddress(url);
}
