import { formAt } from "./token-form.ts";

/** Bounds on what is read of a body. */
export interface ScanLimits {
  readonly max_body_characters: number;
  readonly max_tokens: number;
}

/** Where the tokens of the body that was scanned last lie, and what was seen of each on the way. */
export interface TokenScan {
  readonly count: number;
  /** Whether there is more of the body, which was not read. */
  readonly isCut: boolean;
  /** By token: the index of its first character, and behind its last one. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Hash of its form (see token-form.ts). */
  readonly hashes: Int32Array;
  /** 1 where anything in it may be masked, see needsMask in mask.ts. */
  readonly needsMask: Uint8Array;
}

/**
 * Cuts bodies at white space in one pass over their characters, without making a string: a hostile line costs no more than its
 * length. The result is written over by the next scan.
 */
export function createTokenScanner({
  max_body_characters: charactersMax,
  max_tokens: tokensMax,
}: ScanLimits): (body: string) => TokenScan {
  const scan = {
    count: 0,
    isCut: false,
    starts: new Int32Array(tokensMax),
    ends: new Int32Array(tokensMax),
    hashes: new Int32Array(tokensMax),
    needsMask: new Uint8Array(tokensMax),
  };
  return (body) => {
    const length = Math.min(body.length, charactersMax);
    let count = 0;
    let at = skipSpaces(body, 0, length);
    while (at < length && count < tokensMax) {
      at = scanToken(body, at, length, scan, count);
      count += 1;
      at = skipSpaces(body, at, length);
    }
    scan.count = count;
    scan.isCut = body.length > charactersMax || at < length;
    return scan;
  };
}

function skipSpaces(body: string, from: number, length: number): number {
  let at = from;
  while (at < length && isSpace(body.charCodeAt(at))) at += 1;
  return at;
}

/** @returns the index behind the token that begins at `from` */
function scanToken(
  body: string,
  from: number,
  length: number,
  scan: Pick<TokenScan, "starts" | "ends" | "hashes" | "needsMask">,
  token: number,
): number {
  let hash = 0x811c9dc5;
  let slashes = 0;
  let hexLetters = 0;
  let needsMask = 0;
  let at = from;
  for (; at < length; at += 1) {
    const code = body.charCodeAt(at);
    if (isSpace(code)) break;
    if (code >= 48 && code <= 57) needsMask = 1;
    else if (code === 47 || code === 92) slashes += 1;
    // A word of the letters a to f alone is no word from eight letters on.
    hexLetters = code >= 97 && code <= 102 ? hexLetters + 1 : 0;
    if (hexLetters >= 8) needsMask = 1;
    hash = Math.imul(hash ^ formAt(body, at, code), 0x01000193);
  }
  scan.starts[token] = from;
  scan.ends[token] = at;
  scan.hashes[token] = hash;
  scan.needsMask[token] = slashes > 1 ? 1 : needsMask;
  return at;
}

/** White space beyond ASCII, as ECMAScript's \s has it, but for the range of U+2000 to U+200A. */
const SPACES: ReadonlySet<number> = new Set([0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]);

function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return (code >= 0x2000 && code <= 0x200a) || SPACES.has(code);
}
