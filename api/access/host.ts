/** Names under which a machine reaches itself. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a request was really meant for this server. Threats: a web page on evil.example whose name resolves to 127.0.0.1
 * (DNS rebinding) could read the API of whoever opens the page; its requests carry evil.example as Host. And a page of
 * any other origin, another port of this machine included, could open a WebSocket, which knows no same-origin policy; it
 * carries that origin as Origin. So a page must come from the host and port that it asks, or from a name in `allowedHosts`.
 */
export function createHostCheck(
  ownHost: string,
  allowedHosts: readonly string[],
): (host: string | undefined, origin: string | undefined) => boolean {
  const named = new Set(allowedHosts.map((name) => name.toLowerCase()));
  const reachable = new Set([...LOOPBACK, ownHost.toLowerCase(), ...named]);
  return (host, origin) => {
    const target = toUrl(`http://${host ?? ""}`);
    if (target === undefined || !reachable.has(target.hostname)) return false;
    if (origin === undefined) return true;
    const page = toUrl(origin);
    return page !== undefined && (page.host === target.host || named.has(page.hostname));
  };
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
