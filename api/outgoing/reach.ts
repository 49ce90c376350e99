import { BlockList, isIP } from "node:net";

/**
 * Which addresses something that is configured may lead to. public: only those of the internet; loopback: these and this
 * machine; private: all but those that nobody means. The last are link-local ones, where a cloud's machines ask for their
 * credentials (169.254.169.254), and those of groups.
 */
export type Reach = "public" | "loopback" | "private";

type Subnet = readonly [network: string, prefix: number];

const LOOPBACK: readonly Subnet[] = [
  ["127.0.0.0", 8],
  // Leads to this machine as well.
  ["0.0.0.0", 8],
];
const PRIVATE: readonly Subnet[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
];
const NEVER: readonly Subnet[] = [
  ["169.254.0.0", 16],
  // Where other clouds have their metadata: Alibaba, Oracle, Azure.
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["168.63.129.16", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const LOOPBACK_V6: readonly Subnet[] = [
  ["::1", 128],
  ["::", 128],
];
const PRIVATE_V6: readonly Subnet[] = [
  ["fc00::", 7],
  ["fec0::", 10],
  ["64:ff9b:1::", 48],
];
const NEVER_V6: readonly Subnet[] = [
  ["fe80::", 10],
  // Metadata of Amazon, whose containers ask a neighbour of it, Google and Oracle.
  ["fd00:ec2::", 32],
  ["fd20:ce::254", 128],
  ["fd00:c1::a9fe:a9fe", 128],
  ["ff00::", 8],
  // What hides an address of IPv4 where nobody needs it: IPv4-compatible, IPv4-translated, 6to4, Teredo.
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["2002::", 16],
  ["2001::", 32],
];
/** An IPv6-only network reaches IPv4 under it (RFC 6052): what holds for the one address holds for the other. */
const NAT64 = "64:ff9b::";
const NAT64_PREFIX = 96;

const loopback = listOf(LOOPBACK, LOOPBACK_V6);
const ofThisNetwork = listOf(PRIVATE, PRIVATE_V6);
const never = listOf(NEVER, NEVER_V6);

/** Of IPv6 the forms that hold an address of IPv4 are found as well: the list itself knows the mapped one (::ffff:…). */
function listOf(v4: readonly Subnet[], v6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of v4) {
    list.addSubnet(network, prefix, "ipv4");
    list.addSubnet(`${NAT64}${network}`, NAT64_PREFIX + prefix, "ipv6");
  }
  for (const [network, prefix] of v6) list.addSubnet(network, prefix, "ipv6");
  return list;
}

/** Whether an IP address may be connected to. */
export function mayReach(address: string, reach: Reach): boolean {
  const [plain = ""] = address.split("%");
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (loopback.check(plain, family)) return reach !== "public";
  if (never.check(plain, family)) return false;
  return reach === "private" || !ofThisNetwork.check(plain, family);
}

/** Whether a URL may be connected to as far as it says itself: a name may lead anywhere, which is seen when it does. */
export function mayReachUrl(url: string, reach: Reach): boolean {
  if (!URL.canParse(url)) return true;
  const host = hostOf(new URL(url));
  if (isIP(host) !== 0) return mayReach(host, reach);
  return reach !== "public" || !/(^|\.)localhost\.?$/.test(host);
}

/** Without the brackets of IPv6; every other way to write an address has become the usual one. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
