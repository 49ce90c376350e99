/** Dimensions of a text vector. */
export const TEXT_VECTOR_DIMENSIONS = 256;

const WORD_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.35;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const PLACEHOLDER = /<[A-Z*]+>|\[\*\]/g;

/**
 * A template's meaning as a unit vector: signed feature hashing (Weinberger et al., ICML 2009) of its literal words and,
 * with a lower weight, of their character trigrams. Placeholders, numbers and punctuation count for nothing, so that
 * two miners that mark variable parts differently agree. A template without words has a fixed vector of its own.
 *
 * Example: "Receiving block <*> src: <IP>" and "[*]Receiving block[*]src:[*]" have the same vector.
 */
export function textVector(template: string): Float32Array {
  const vector = new Float32Array(TEXT_VECTOR_DIMENSIONS);
  const words = wordsOf(template);
  for (const word of words) {
    add(vector, `w:${word}`, WORD_WEIGHT);
    const padded = `^${word}$`;
    for (let i = 0; i + 3 <= padded.length; i += 1)
      add(vector, `t:${padded.slice(i, i + 3)}`, TRIGRAM_WEIGHT);
  }
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) {
    vector[0] = 1;
    return vector;
  }
  return vector.map((value) => value / norm);
}

/** The literal words: lower case, camelCase, snake_case and dots split, digits dropped. */
export function wordsOf(template: string): string[] {
  return template
    .replace(PLACEHOLDER, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 1);
}

function add(vector: Float32Array, feature: string, weight: number): void {
  let hash = FNV_OFFSET;
  for (let i = 0; i < feature.length; i += 1) hash = Math.imul(hash ^ feature.charCodeAt(i), FNV_PRIME) >>> 0;
  // The low bits choose the slot, a high one the sign; FNV's low bits are well mixed only after a final fold.
  const mixed = (hash ^ (hash >>> 15)) >>> 0;
  const slot = mixed % TEXT_VECTOR_DIMENSIONS;
  vector[slot] = (vector[slot] ?? 0) + (mixed & 0x80000000 ? -weight : weight);
}
