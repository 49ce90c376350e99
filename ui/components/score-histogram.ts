/** A drawing's size, in its own units. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Height of a count on a logarithmic scale from 0 to `most`, 0 to 1: one record must not vanish beside a million. */
export function logHeight(count: number, most: number): number {
  return most === 0 ? 0 : Math.log1p(count) / Math.log1p(most);
}

/** Place of a score on a scale from `min` to 1 that is `width` wide; scores below it lie at its left end. */
export function scorePlace(score: number, min: number, width: number): number {
  return (Math.max(0, score - min) / (1 - min)) * width;
}

/**
 * The bars of a histogram of scores as one SVG path, from the score `min` to 1, on a logarithmic scale. Buckets without
 * records draw nothing.
 *
 * Example: ([0, 1], 0, { width: 10, height: 4 }) -> "M5,4V0H10V4Z"
 */
export function histogramPath(counts: readonly number[], min: number, { width, height }: Size): string {
  const buckets = counts.length;
  const first = Math.floor(min * buckets);
  const most = counts.slice(first).reduce((highest, count) => Math.max(highest, count), 0);
  let path = "";
  for (let bucket = first; bucket < buckets; bucket += 1) {
    const count = counts[bucket] ?? 0;
    if (count === 0) continue;
    const left = scorePlace(bucket / buckets, min, width);
    const right = scorePlace((bucket + 1) / buckets, min, width);
    path += `M${round(left)},${height}V${round(height * (1 - logHeight(count, most)))}H${round(right)}V${height}Z`;
  }
  return path;
}

/** A short upright stroke at each score, as one SVG path; scores below the scale are left out. */
export function ticksPath(scores: readonly number[], min: number, { width, height }: Size): string {
  return scores
    .filter((score) => score >= min)
    .map((score) => `M${round(scorePlace(score, min, width))},0V${height}`)
    .join("");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
