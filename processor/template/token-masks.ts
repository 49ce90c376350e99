import { maskToken, needsMask } from "./mask.ts";

/** Longer tokens are not remembered: they hardly ever have the form of another one. */
const CHARACTERS_MAX = 64;

/** A token as it was first seen, and what became of it. */
interface Known {
  readonly token: string;
  readonly masked: string;
}

/**
 * {@link maskToken} that remembers by form: two tokens that differ in their digits alone are masked alike, and in logs most
 * tokens with digits have the form of one before. Gives exactly what maskToken gives.
 * @param formsMax forms remembered; when there are more, all are forgotten
 */
export function createTokenMasks(formsMax: number): (token: string) => string {
  // A form that has the hash of another one takes its place: who makes such up gains nothing but our work done again.
  const forms = new Map<number, Known>();
  return (token) => {
    if (!needsMask(token)) return token;
    if (token.length > CHARACTERS_MAX) return maskToken(token);
    const hash = hashOfForm(token);
    const known = forms.get(hash);
    if (known !== undefined && isOfForm(token, known.token)) return known.masked;
    const masked = maskToken(token);
    if (forms.size >= formsMax) forms.clear();
    // Cloned, because a token that is cut out of a body keeps the whole body in memory.
    forms.set(hash, structuredClone({ token, masked }));
    return masked;
  };
}

const DIGIT = 49;

/** What masking looks at: any digit is like any other, but for the zero of "0x". */
function formAt(token: string, index: number): number {
  const code = token.charCodeAt(index);
  if (code < 48 || code > 57) return code;
  // Of "x" and "X".
  const isPrefix = code === 48 && (token.charCodeAt(index + 1) | 32) === 120;
  return isPrefix ? code : DIGIT;
}

/** FNV-1a, 32 bits. */
function hashOfForm(token: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < token.length; i += 1) hash = Math.imul(hash ^ formAt(token, i), 0x01000193);
  return hash;
}

function isOfForm(token: string, other: string): boolean {
  if (token.length !== other.length) return false;
  for (let i = 0; i < token.length; i += 1) if (formAt(token, i) !== formAt(other, i)) return false;
  return true;
}
