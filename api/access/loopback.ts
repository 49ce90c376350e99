/**
 * Whether a host part of an endpoint can only be reached from the machine itself: 127.0.0.0/8, [::1] and localhost. A name that
 * merely resolves there is none: whoever answers for names could lead it elsewhere.
 *
 * Example: "127.0.0.1" and "[0:0:0:0:0:0:0:1]" are, "0.0.0.0" and "[::]" are not.
 */
export function isLoopback(host: string): boolean {
  // A URL spells every address in its one usual way.
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
