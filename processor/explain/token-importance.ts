import { LRUCache } from "lru-cache";
import type { TokenImportance } from "../../store/anomaly.ts";
import type { TextEncoder } from "../detect/text-encoder.ts";
import { type AlignedToken, alignTokens } from "./align-tokens.ts";

/** The message of an anomaly, redacted: what is said of it is stored and shown. */
export interface TextSubject {
  readonly template: string;
  readonly body: string;
  /** The known template that a new message was compared with; undefined where being new is not what counts. */
  readonly nearest: string | undefined;
}

/** How much each part of a message matters for its meaning. Rejects when the encoder does, or the signal aborts. */
export type ExplainTokens = (
  subject: TextSubject,
  signal: AbortSignal,
) => Promise<readonly TokenImportance[]>;

/** Tokens of one message that are left out in turn: as many as the text encoder reads. */
const TOKENS_MAX = 48;
/** Messages whose importances are remembered: an incident repeats the same ones. */
const REMEMBERED_MAX = 1_000;

/**
 * Importance by occlusion (Zeiler and Fergus, ECCV 2014): each token is left out once, and what that changes of the text's
 * vector is what the token matters. For a new message it is how much nearer the text comes to the nearest known template
 * without the token, for any other how far it gets from its own meaning; never below 0. One batch of the encoder for a
 * message that was not asked for lately.
 */
export function createExplainTokens(encoder: TextEncoder): ExplainTokens {
  const remembered = new LRUCache<string, readonly number[]>({ max: REMEMBERED_MAX });
  return async ({ template, body, nearest }, signal) => {
    const aligned = alignTokens(template, body).slice(0, TOKENS_MAX);
    if (aligned.length === 0) return [];
    const key = JSON.stringify([template, nearest, aligned.map(({ token }) => token.start)]);
    const known = remembered.get(key);
    const importances = known ?? (await occluded(template, aligned, nearest, encoder, signal));
    remembered.set(key, importances);
    return aligned.map(({ token, start, end }, index) => ({
      token: token.text,
      importance: importances[index] ?? 0,
      start,
      end,
    }));
  };
}

async function occluded(
  template: string,
  aligned: readonly AlignedToken[],
  nearest: string | undefined,
  encoder: TextEncoder,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const variants = aligned.map(({ token }) => template.slice(0, token.start) + template.slice(token.end));
  const vectors = await encoder.encode([template, nearest ?? template, ...variants], signal);
  const [own, reference, ...without] = vectors;
  return importancesOf(own, reference, without, nearest !== undefined);
}

/**
 * @param own the whole text's unit vector
 * @param reference what it is compared with: the nearest known text's vector, or its own
 * @param without the text's vector without each token
 * @param isNew whether coming nearer to the reference is what counts, or getting away from it
 */
export function importancesOf(
  own: Float32Array | undefined,
  reference: Float32Array | undefined,
  without: readonly Float32Array[],
  isNew: boolean,
): readonly number[] {
  if (own === undefined || reference === undefined) return without.map(() => 0);
  const whole = dot(own, reference);
  return without.map((vector) => {
    const change = dot(vector, reference) - whole;
    return Math.max(0, isNew ? change : -change);
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
