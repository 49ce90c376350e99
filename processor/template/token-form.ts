const DIGIT = 49;

/**
 * What masking looks at of a character: any digit is like any other, but for the zero of "0x". Two tokens of one form differ in
 * their digits alone, and are masked alike.
 * @param code of the character at `index`
 */
export function formAt(text: string, index: number, code: number): number {
  if (code < 48 || code > 57) return code;
  // Of "x" and "X".
  const isPrefix = code === 48 && (text.charCodeAt(index + 1) | 32) === 120;
  return isPrefix ? code : DIGIT;
}
