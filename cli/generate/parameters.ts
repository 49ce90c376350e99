import type { Random } from "./random.ts";

/** Made-up values that records carry. Addresses are from the documentation ranges (RFC 5737), mail domains from RFC 2606. */
export interface Parameters {
  /** A unique id such as "ord_7f3a09bc". */
  id(prefix: string): string;
  user(): string;
  address(): string;
  mail(): string;
  product(): string;
  /** Such as "129.90 EUR". */
  price(): string;
  acquirer(): string;
  warehouse(): string;
}

/** Draws parameters from `random`. */
export function createParameters(random: Random): Parameters {
  return {
    id: (prefix) => `${prefix}_${random.hex(8)}`,
    user: () => `u${random.int(10_000, 99_999)}`,
    address: () => `${random.pick(["192.0.2", "198.51.100", "203.0.113"])}.${random.int(1, 254)}`,
    mail: () =>
      `user${random.int(100, 99_999)}@${random.pick(["example.com", "example.org", "example.net"])}`,
    product: () => `SKU-${random.int(1_000, 9_999)}`,
    price: () => `${random.int(5, 900)}.${random.int(10, 99)} ${random.pick(["EUR", "USD", "GBP"])}`,
    acquirer: () => random.pick(["northbank", "cardlink", "payfast"]),
    warehouse: () => random.pick(["ams-1", "ber-2", "mad-1"]),
  };
}
