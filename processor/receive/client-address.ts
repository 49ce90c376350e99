import { isIPv6 } from "node:net";

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Whoever has one address of IPv6 has the other 2^64 of its network as well. */
const NETWORK_GROUPS = 4;

/**
 * What of a peer's address stands for one client.
 *
 * Examples: "10.0.0.7" and "::ffff:10.0.0.7" are "10.0.0.7"; "2001:db8::1" is "2001:db8:0:0".
 */
export function clientOfAddress(address: string | undefined): string {
  if (address === undefined) return "";
  const ipv4 = MAPPED.exec(address)?.[1];
  if (ipv4 !== undefined) return ipv4;
  const [plain = ""] = address.split("%");
  return isIPv6(plain) ? groupsOf(plain).slice(0, NETWORK_GROUPS).join(":") : address;
}

/** The groups before "::", and zeros as long as they may matter. */
function groupsOf(address: string): readonly string[] {
  const [before = "", after] = address.split("::");
  const groups = before === "" ? [] : before.split(":");
  if (after === undefined) return groups;
  const tail = after === "" ? [] : after.split(":");
  const missing = Math.max(0, 8 - groups.length - tail.length);
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...tail];
}
