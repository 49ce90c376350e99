import { Buffer } from "node:buffer";
import type { FuzzCase } from "./fuzz-case.ts";

const TRIES_MAX = 200;
const DURATION_MS_MAX = 20_000;

/**
 * The smallest case that fails like this one and that is found soon, by leaving out ever smaller slices of its body; the case
 * itself when it does not fail again.
 */
export async function minimise(
  one: FuzzCase,
  fails: (smaller: FuzzCase) => Promise<boolean>,
): Promise<FuzzCase> {
  let tries = 0;
  const endsAtMs = performance.now() + DURATION_MS_MAX;
  const isOver = () => performance.now() > endsAtMs || tries >= TRIES_MAX;
  // A body that is shorter than its head says would be waited for.
  if (one.headers.some(([name]) => name === "content-length") || !(await fails(one))) return one;
  let smallest = one;
  for (let slice = Math.ceil(one.body.length / 2); slice >= 1 && !isOver(); slice = Math.floor(slice / 2))
    for (let at = 0; at < smallest.body.length && !isOver(); tries++) {
      const body = Buffer.concat([smallest.body.subarray(0, at), smallest.body.subarray(at + slice)]);
      const smaller = { ...smallest, body };
      if (await fails(smaller)) smallest = smaller;
      else at += slice;
    }
  return smallest;
}
