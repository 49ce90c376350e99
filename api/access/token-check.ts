import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { ApiConfig } from "../config.ts";
import type { Principal } from "./principal.ts";

/** Holds the token of an Authorization header against those that are configured. */
export interface TokenCheck {
  /** Whose token it is; undefined for nobody's. */
  principalOf(token: string): Principal | undefined;
  /** What stands for a token in memory: of no use to anybody, in this process or another. */
  fingerprint(token: string): string;
}

/**
 * Takes as long for a wrong token as for a right one, whatever they have in common: digests of one length are compared, under a
 * key that nobody knows, and all of them are.
 */
export function createTokenCheck(tokens: ApiConfig["tokens"]): TokenCheck {
  const key = randomBytes(32);
  const digest = (token: string) => createHmac("sha256", key).update(token).digest();
  const known = tokens.map(({ name, role, token }) => ({ principal: { name, role }, digest: digest(token) }));
  return {
    principalOf(token) {
      const given = digest(token);
      let found: Principal | undefined;
      for (const one of known) {
        const isEqual = timingSafeEqual(one.digest, given);
        found = isEqual ? one.principal : found;
      }
      return found;
    },
    fingerprint: (token) => digest(token).toString("base64"),
  };
}

/** The token of an `Authorization: Bearer` value (RFC 6750); undefined where there is none. Example: "Bearer abc" gives "abc". */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
}
