import { maskToken } from "./mask.ts";
import { formAt } from "./token-form.ts";

/** Longer tokens are not remembered: they hardly ever have the form of another one. */
const CHARACTERS_MAX = 64;

/** What became of a token. */
export interface MaskedToken {
  readonly masked: string;
  /** Of the masked text. */
  readonly hash: number;
}

/** A token as it was first seen, and what became of it. */
interface Known extends MaskedToken {
  readonly token: string;
}

/** {@link maskToken} of the token that lies in `body` from `start` to `end`. @param form hash of its form */
export type MaskTokenIn = (body: string, start: number, end: number, form: number) => MaskedToken;

/**
 * Masking that remembers by form: in logs most tokens with digits have the form of one before. Gives exactly what maskToken gives.
 * @param formsMax forms remembered; when there are more, all are forgotten
 */
export function createTokenMasks(formsMax: number): MaskTokenIn {
  // A form that has the hash of another one takes its place: who makes such up gains nothing but our work done again.
  const forms = new Map<number, Known>();
  return (body, start, end, form) => {
    if (end - start > CHARACTERS_MAX) return maskedToken(body.slice(start, end));
    const known = forms.get(form);
    if (known !== undefined && isOfForm(body, start, end, known.token)) return known;
    const token = body.slice(start, end);
    if (forms.size >= formsMax) forms.clear();
    // Cloned, because a token that is cut out of a body keeps the whole body in memory.
    const added = structuredClone({ token, ...maskedToken(token) });
    forms.set(form, added);
    return added;
  };
}

function maskedToken(token: string): MaskedToken {
  const masked = maskToken(token);
  return { masked, hash: hashOf(masked) };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function isOfForm(body: string, start: number, end: number, other: string): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i += 1) {
    const own = body.charCodeAt(start + i);
    const known = other.charCodeAt(i);
    if (own !== known && formAt(body, start + i, own) !== formAt(other, i, known)) return false;
  }
  return true;
}
