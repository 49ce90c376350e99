import { maskToken } from "./mask.ts";
import { formAt } from "./token-form.ts";

/** Longer tokens are not remembered: they hardly ever have the form of another one. */
const CHARACTERS_MAX = 64;

/** A token as it was first seen, and what became of it. */
interface Known {
  readonly token: string;
  readonly masked: string;
}

/** {@link maskToken} of the token that lies in `body` from `start` to `end`. @param hash of its form */
export type MaskTokenIn = (body: string, start: number, end: number, hash: number) => string;

/**
 * Masking that remembers by form: in logs most tokens with digits have the form of one before. Gives exactly what maskToken gives.
 * @param formsMax forms remembered; when there are more, all are forgotten
 */
export function createTokenMasks(formsMax: number): MaskTokenIn {
  // A form that has the hash of another one takes its place: who makes such up gains nothing but our work done again.
  const forms = new Map<number, Known>();
  return (body, start, end, hash) => {
    if (end - start > CHARACTERS_MAX) return maskToken(body.slice(start, end));
    const known = forms.get(hash);
    if (known !== undefined && isOfForm(body, start, end, known.token)) return known.masked;
    const token = body.slice(start, end);
    if (forms.size >= formsMax) forms.clear();
    // Cloned, because a token that is cut out of a body keeps the whole body in memory.
    const added = structuredClone({ token, masked: maskToken(token) });
    forms.set(hash, added);
    return added.masked;
  };
}

function isOfForm(body: string, start: number, end: number, other: string): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i += 1) {
    const [own, known] = [body.charCodeAt(start + i), other.charCodeAt(i)];
    if (own !== known && formAt(body, start + i, own) !== formAt(other, i, known)) return false;
  }
  return true;
}
