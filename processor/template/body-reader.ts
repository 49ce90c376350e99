import type { Cluster } from "./cluster.ts";
import { maskToken, phrasesOf } from "./mask.ts";
import type { Phrases } from "./mask-phrases.ts";
import { type FindHidden, type RedactedTokens, redactTokens, tokensAt } from "./redact-tokens.ts";
import { createTokenScanner, type ScanLimits, type TokenScan } from "./scan-tokens.ts";
import { createTokenMasks } from "./token-masks.ts";

/** Forms of tokens that are remembered. */
const FORMS_MAX = 16_384;
/** Masked bodies that are remembered, and the characters in them; when there are more, all are forgotten. A character takes up to 14
 * bytes in the shortest tokens that there are. */
const BODIES_MAX = 8_192;
const CHARACTERS_MAX = 2 ** 20;
/** Longer ones are not remembered: they hardly ever come twice. */
const BODY_CHARACTERS_MAX = 1_024;

/** What is known of bodies that read alike once they are masked. */
export interface KnownBody extends Phrases {
  /** Its tokens, masked one by one. */
  readonly cut: readonly string[];
  readonly isCut: boolean;
  /** Index of the first of the tokens that each of `tokens` stands for; -1 where it hides something. */
  readonly offsets: readonly number[];
  /** The template that they belonged to, as long as `revision` is still that of the templates. */
  cluster: Cluster | undefined;
  revision: number;
}

/** Cuts and masks bodies, of which most read like one before. */
export interface BodyReader {
  read(body: string): KnownBody;
  /**
   * The raw text that each of these masked tokens of the body that was read last stands for; of one that hides something what it reads.
   * @param indexes in its `tokens`
   */
  texts(indexes: readonly number[]): string[];
}

/** Finds the offsets of values whose raw text is never told, in order. */
export type FindValues = (text: string) => readonly number[];

/** What must not be told of bodies. */
export interface BodyPrivacy {
  /** Asked for the first of all bodies that read alike, and for raw texts with a long word; what it finds is in none of the tokens. */
  readonly findHidden: FindHidden;
  /** Asked for the first of all bodies that read alike: in the place of a harmless value others may have what is to be hidden. */
  readonly findValues?: FindValues | undefined;
  /** Whether a body hides what others that read like it may not. */
  readonly isReadAlone?: ((body: string) => boolean) | undefined;
}

/** Of an API key, which its own form betrays. */
const LONG_WORD = /[\w-]{16}/;

export function createBodyReader(
  limits: ScanLimits,
  { findHidden, findValues = () => [], isReadAlone = () => false }: BodyPrivacy,
): BodyReader {
  const scanBody = createTokenScanner(limits);
  const maskIn = createTokenMasks(FORMS_MAX);
  const bodies = new Map<number, KnownBody>();
  /** By token of the last body: its masked form, or undefined where nothing in it is masked. */
  const masked: (string | undefined)[] = [];
  let characters = 0;
  let last = { body: "", known: emptyBody() };
  let scan: TokenScan = scanBody("");

  const add = (hash: number, known: KnownBody) => {
    const length = known.cut.reduce((sum, token) => sum + token.length, 0);
    if (length > BODY_CHARACTERS_MAX) return;
    if (bodies.size >= BODIES_MAX || characters > CHARACTERS_MAX) {
      bodies.clear();
      characters = 0;
    }
    characters += length;
    // In the place of another one with this hash: who makes such up gains nothing but our work done again.
    bodies.set(hash, known);
  };

  /** Scans and masks a body; a hash of how it reads then. */
  const maskTokens = (body: string): number => {
    scan = scanBody(body);
    let hash = scan.isCut ? 1 : 0;
    for (let i = 0; i < scan.count; i += 1) {
      const form = scan.hashes[i] ?? 0;
      const token =
        scan.needsMask[i] === 1 ? maskIn(body, scan.starts[i] ?? 0, scan.ends[i] ?? 0, form) : undefined;
      masked[i] = token?.masked;
      hash = (Math.imul(hash, 31) + (token?.hash ?? form)) | 0;
    }
    return hash;
  };

  return {
    read(body) {
      const hash = maskTokens(body);
      const isAlone = isReadAlone(body.slice(0, limits.max_body_characters));
      let known = isAlone ? undefined : bodies.get(hash);
      if (known === undefined || !readsLike(known, body, scan, masked)) {
        known = newBody(body, scan, masked, { findHidden, findValues });
        if (!isAlone) add(hash, known);
      }
      last = { body, known };
      return known;
    },
    texts(indexes) {
      const { body, known } = last;
      return indexes.map((index) => {
        const from = known.offsets[index] ?? -1;
        const raw = from < 0 ? undefined : rawText(body, scan, from, known.spans[index] ?? 0);
        const isTold = raw !== undefined && !(LONG_WORD.test(raw) && findHidden(raw).length > 0);
        return isTold ? raw : (known.tokens[index] ?? "");
      });
    },
  };
}

function rawText(body: string, { starts, ends }: TokenScan, from: number, span: number): string {
  if (span === 1) return body.slice(starts[from], ends[from]);
  return Array.from({ length: span }, (_, i) => body.slice(starts[from + i], ends[from + i])).join(" ");
}

function newBody(
  body: string,
  scan: TokenScan,
  masked: readonly (string | undefined)[],
  { findHidden, findValues }: Readonly<Record<"findHidden", FindHidden> & Record<"findValues", FindValues>>,
): KnownBody {
  const raw = Array.from({ length: scan.count }, (_, i) => body.slice(scan.starts[i], scan.ends[i]));
  // Cloned, because a token that is cut out of a body keeps the whole body in memory.
  const cut = structuredClone(raw.map((token, i) => masked[i] ?? token));
  const redacted = redactTokens(raw, cut, findHidden);
  const shown = withoutHidden(cut, redacted);
  const phrases = phrasesOf({ tokens: shown.tokens, isCut: scan.isCut });
  const spans = over(phrases.spans, shown.spans);
  const hiding = new Set([...(redacted?.hiding ?? []), ...tokensAt(raw, findValues(raw.join(" ")))]);
  const offsets = offsetsOf(phrases.spans, shown.spans, hiding);
  return { tokens: phrases.tokens, spans, cut, isCut: scan.isCut, offsets, cluster: undefined, revision: -1 };
}

/** The masked tokens, but for those in which something is hidden: they are masked as they read without it. */
function withoutHidden(cut: readonly string[], redacted: RedactedTokens | undefined): Phrases {
  if (redacted === undefined) return { tokens: cut, spans: cut.map(() => 1) };
  let from = 0;
  const tokens = redacted.texts.map((text, i) => {
    const token = text === undefined ? (cut[from] ?? "") : maskToken(text);
    from += redacted.spans[i] ?? 0;
    return token;
  });
  return { tokens: structuredClone(tokens), spans: redacted.spans };
}

/** How many of the innermost tokens each of the outer spans stands for. */
function over(outer: readonly number[], inner: readonly number[]): readonly number[] {
  let at = 0;
  return outer.map((span) => {
    let sum = 0;
    for (const end = at + span; at < end; at += 1) sum += inner[at] ?? 0;
    return sum;
  });
}

/** Where each of the outer spans begins among the innermost tokens; -1 where something of it is hidden. */
function offsetsOf(
  outer: readonly number[],
  inner: readonly number[],
  hiding: ReadonlySet<number>,
): readonly number[] {
  let at = 0;
  let from = 0;
  return outer.map((span) => {
    const start = from;
    for (const end = at + span; at < end; at += 1) from += inner[at] ?? 0;
    let hides = false;
    for (let token = start; token < from; token += 1) hides ||= hiding.has(token);
    return hides ? -1 : start;
  });
}

function emptyBody(): KnownBody {
  return { tokens: [], spans: [], cut: [], isCut: false, offsets: [], cluster: undefined, revision: -1 };
}

function readsLike(
  { cut, isCut }: KnownBody,
  body: string,
  scan: TokenScan,
  masked: readonly (string | undefined)[],
): boolean {
  if (cut.length !== scan.count || isCut !== scan.isCut) return false;
  for (let i = 0; i < cut.length; i += 1) {
    const text = masked[i];
    const known = cut[i] ?? "";
    if (text === undefined ? !isAt(known, body, scan.starts[i] ?? 0, scan.ends[i] ?? 0) : text !== known)
      return false;
  }
  return true;
}

function isAt(text: string, body: string, start: number, end: number): boolean {
  return text.length === end - start && body.startsWith(text, start);
}
