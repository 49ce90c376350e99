import { SEVERITY_CLASSES, type SeverityClass } from "./severity-class.ts";

/** Parts that newness is counted in, a power of two: sums of such fractions are exact, in whatever order they are added. */
const NEWNESS_PARTS = 256;

/** A template that came for the first time. */
export interface FirstOfTemplate {
  readonly severity: SeverityClass;
  /** How much of it was new, 0 to 1, as {@link inParts} gives it. */
  readonly newness: number;
}

/** How many templates came for the first time, by severity, and how much of them was new. */
export interface Sightings {
  add(first: FirstOfTemplate): void;
  /** Takes back one that was added. */
  remove(first: FirstOfTemplate): void;
  count(): number;
  /** How many, of which those at least this severe count for as much as was new. */
  weighed(severity: SeverityClass): number;
  /** How many at least this severe, each for as much as was new. */
  asSevere(severity: SeverityClass): number;
  /** By severity, in the order of SEVERITY_CLASSES. */
  counts(): number[];
  /** What of them was not new, by severity in the same order. */
  alike(): number[];
}

/** A newness in parts that add up exactly. */
export function inParts(newness: number): number {
  return Math.round(newness * NEWNESS_PARTS) / NEWNESS_PARTS;
}

/**
 * @param counts see {@link Sightings.counts}
 * @param alike see {@link Sightings.alike}
 */
export function createSightings(counts: readonly number[] = [], alike: readonly number[] = []): Sightings {
  const seen = SEVERITY_CLASSES.map((_, index) => counts[index] ?? 0);
  const notNew = SEVERITY_CLASSES.map((_, index) => alike[index] ?? 0);
  const put = ({ severity, newness }: FirstOfTemplate, times: 1 | -1) => {
    const index = SEVERITY_CLASSES.indexOf(severity);
    seen[index] = (seen[index] ?? 0) + times;
    notNew[index] = (notNew[index] ?? 0) + times * (1 - newness);
  };
  const from = (severity: SeverityClass, list: readonly number[]) =>
    sum(list.slice(SEVERITY_CLASSES.indexOf(severity)));
  return {
    add: (first) => put(first, 1),
    remove: (first) => put(first, -1),
    count: () => sum(seen),
    weighed: (severity) => sum(seen) - from(severity, notNew),
    asSevere: (severity) => from(severity, seen) - from(severity, notNew),
    counts: () => [...seen],
    alike: () => [...notNew],
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
