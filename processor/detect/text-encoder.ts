/** Turns templates into their meaning. It runs once for each new template, so it may be slow. */
export interface TextEncoder {
  /** Values of one vector. */
  readonly dimensions: number;
  /** One unit vector a text, in their order. Rejects when the encoder fails or the signal aborts. */
  encode(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}
