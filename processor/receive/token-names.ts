import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AuthConfig } from "./config.ts";

/** Whose token an Authorization header has; undefined for nobody's. */
export type TokenName = (authorization: string | undefined) => string | undefined;

/**
 * Takes as long for a wrong token as for a right one, whatever they have in common: digests of one length are compared, under
 * a key that nobody knows, and all of them are.
 */
export function createTokenNames(tokens: AuthConfig["tokens"]): TokenName {
  const key = randomBytes(32);
  const digest = (token: string) => createHmac("sha256", key).update(token).digest();
  const known = tokens.map(({ name, token }) => ({ name, digest: digest(token) }));
  return (authorization) => {
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    const given = digest(token);
    let found: string | undefined;
    for (const one of known) {
      const isEqual = timingSafeEqual(one.digest, given);
      found = isEqual ? one.name : found;
    }
    return found;
  };
}
