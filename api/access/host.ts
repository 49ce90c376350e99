/** Names under which a machine reaches itself. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a request was really meant for this server. Threat: a web page on evil.example whose name resolves to 127.0.0.1
 * (DNS rebinding) could read the API of whoever opens the page; its requests carry evil.example as Host, and its WebSockets,
 * which know no same-origin policy, carry it as Origin.
 */
export function createHostCheck(
  ownHost: string,
  allowedHosts: readonly string[],
): (host: string | undefined, origin: string | undefined) => boolean {
  const allowed = new Set([...LOOPBACK, ownHost, ...allowedHosts].map((name) => name.toLowerCase()));
  return (host, origin) => {
    const name = hostName(`http://${host ?? ""}`);
    if (name === undefined || !allowed.has(name)) return false;
    const from = origin === undefined ? name : hostName(origin);
    return from !== undefined && allowed.has(from);
  };
}

function hostName(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}
