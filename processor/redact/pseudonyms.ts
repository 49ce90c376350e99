import { createHmac } from "node:crypto";
import type { Kind } from "./rule.ts";

/** What pseudonyms are made from. */
export interface PseudonymPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Random bytes that nobody else knows. */
  readonly newKey: () => Uint8Array;
}

/** The name of one value among those of its kind. */
export type Pseudonym = (kind: Kind, value: string) => string;

/** So long a value has the same name. An incident is shorter, as a rule. */
const KEY_LIFE_MS = 24 * 3_600_000;
/** Neither a digit, which a rule might take for one of a value, nor a vowel, so that no word comes about. */
const LETTERS = "bcdfghjkmnpqrstvwxyz";
const LETTERS_OF_A_NAME = 5;

/**
 * Names values by a keyed hash (HMAC-SHA-256), cut to five letters: 3.2 million names. The key is in memory alone and is replaced
 * after a day; without it a name says nothing, and with it thousands of IPv4 addresses share each one.
 *
 * Example: ("ip", "10.0.0.1") gives "kqzvr", and the same again for a day.
 */
export function createPseudonym({ now, newKey }: PseudonymPorts): Pseudonym {
  let key = newKey();
  let sinceMs = now();
  return (kind, value) => {
    const ageMs = now() - sinceMs;
    // A clock that was set back must not keep a key alive.
    if (ageMs >= KEY_LIFE_MS || ageMs < 0) {
      key = newKey();
      sinceMs = now();
    }
    let number = createHmac("sha256", key)
      .update(`${kind} ${spelling(kind, value)}`)
      .digest()
      .readUIntBE(0, 6);
    let name = "";
    for (let letter = 0; letter < LETTERS_OF_A_NAME; letter += 1) {
      name += LETTERS[number % LETTERS.length];
      number = Math.floor(number / LETTERS.length);
    }
    return name;
  };
}

/** One value in one spelling. */
function spelling(kind: Kind, value: string): string {
  switch (kind) {
    case "card":
    case "phone":
      return value.replaceAll(/\D/g, "");
    case "iban":
      return value.replaceAll(" ", "");
    case "mac":
      return value.replaceAll(/[^0-9a-f]/gi, "").toLowerCase();
    case "email":
      return value.replace(/%40/, "@").toLowerCase();
    case "ip":
      return value.includes(".") ? value : value.replaceAll("-", ".").toLowerCase();
    default:
      return value;
  }
}
