import { LRUCache } from "lru-cache";
import type { ApiConfig } from "../config.ts";
import { LOCAL, type Principal } from "./principal.ts";
import { bearerToken, createTokenCheck } from "./token-check.ts";

/** Different wrong tokens from one address within {@link WINDOW_MS} after which nothing from it is looked at. */
const GUESSES_MAX = 20;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; the ones longest unheard of are forgotten. */
const ADDRESSES_MAX = 5_000;

/** Whether somebody may ask: who they are, or why not. */
export type Admission =
  | { readonly kind: "admitted"; readonly principal: Principal }
  | { readonly kind: "missing" }
  | { readonly kind: "wrong" }
  /** Too many guesses; another try is looked at after this time. */
  | { readonly kind: "limited"; readonly retryAfterMs: number };

/** Decides who may ask. */
export interface Gate {
  /**
   * @param authorization value of an Authorization header
   * @param address the peer's, by which guesses are counted
   */
  admit(authorization: string | undefined, address: string | undefined): Admission;
}

interface Guesses {
  readonly sinceMs: number;
  readonly fingerprints: Set<string>;
}

/**
 * A gate for these tokens; without any everybody is {@link LOCAL}. Guessing is slowed by counting *different* wrong tokens:
 * a program that goes on with an old one shuts nobody out. The right token waits too while an address is shut out, else
 * the limit would tell a guess from the answer.
 * @param now milliseconds, never going back
 */
export function createGate(tokens: ApiConfig["tokens"], now: () => number): Gate {
  if (tokens.length === 0) return { admit: () => ({ kind: "admitted", principal: LOCAL }) };
  const check = createTokenCheck(tokens);
  const guessesOf = new LRUCache<string, Guesses>({ max: ADDRESSES_MAX });

  const recent = (address: string): Guesses => {
    const kept = guessesOf.get(address);
    return kept !== undefined && now() - kept.sinceMs < WINDOW_MS
      ? kept
      : { sinceMs: now(), fingerprints: new Set() };
  };
  return {
    admit(authorization, address = "") {
      const token = bearerToken(authorization);
      if (token === undefined) return { kind: "missing" };
      const guesses = recent(address);
      if (guesses.fingerprints.size >= GUESSES_MAX)
        return { kind: "limited", retryAfterMs: WINDOW_MS - (now() - guesses.sinceMs) };
      const principal = check.principalOf(token);
      if (principal !== undefined) return { kind: "admitted", principal };
      guesses.fingerprints.add(check.fingerprint(token));
      guessesOf.set(address, guesses);
      return { kind: "wrong" };
    },
  };
}
