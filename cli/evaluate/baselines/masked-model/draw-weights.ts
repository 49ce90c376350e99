import type { KeyedRandom } from "../../../../processor/learn/keyed-random.ts";
import type { DrawnParameter } from "./masked-model.ts";

/** The values of all parameters before training, one parameter after the other: normally distributed, as each says. */
export function drawWeights(parameters: readonly DrawnParameter[], random: KeyedRandom): Float32Array {
  const lengths = parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const weights = new Float32Array(lengths.reduce((a, b) => a + b, 0));
  let from = 0;
  for (const [index, { mean, deviation }] of parameters.entries()) {
    const to = from + (lengths[index] ?? 0);
    for (; from < to; from += 1) weights[from] = mean + (deviation === 0 ? 0 : deviation * normal(random));
  }
  return weights;
}

/** Box and Muller's transform, of which one of two values is used (Annals of Mathematical Statistics, 1958). */
function normal(random: KeyedRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
