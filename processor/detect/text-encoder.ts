/** Turns the texts of templates into vectors that are near each other when the texts mean the same. */
export interface TextEncoder {
  /** Values of one vector. */
  readonly dimensions: number;
  /** A unit vector for each text, in their order. Rejects when the encoder fails or is overloaded, or the signal aborts. */
  encode(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}
