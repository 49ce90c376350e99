import { isIPv6 } from "node:net";

const MAC = /(?<![\da-f:])[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}(?![\da-f])/gi;
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/g;
/** What may be IPv6: groups of hexadecimal digits and at least two colons, IPv4 at its end included. */
const IPV6_LIKE = /(?<![\w:])[\da-f]{0,4}:(?:[\da-f]{0,4}:)+(?:[\da-f.]*[\da-f])?(?!\w)/gi;
const PORT = /:\d+$/;

/**
 * Puts placeholders in the place of network addresses. Texts of logs were redacted before they were stored; the names of services, which
 * may be addresses, were not.
 *
 * Example: "host 10.0.0.7" gives "host <IP>".
 */
export function maskAddresses(text: string): string {
  return text
    .replace(MAC, "<MAC>")
    .replace(IPV6_LIKE, (found) => (isAddress(found) ? "<IP>" : found))
    .replace(IPV4, "<IP>");
}

/** A port may follow, or a colon that ends a phrase. */
function isAddress(found: string): boolean {
  if (!/[\da-f]/i.test(found)) return false;
  return [found, found.replace(PORT, ""), found.replace(/:$/, "")].some(isIPv6);
}
