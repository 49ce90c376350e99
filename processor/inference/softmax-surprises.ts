/** -ln of the softmax of one row's logits, in nats. Example: [0, ln 3] gives [ln 4, ln 4 - ln 3]. */
export function softmaxSurprises(logits: Float32Array): Float32Array<ArrayBuffer> {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const logTotal = highest + Math.log(total);
  const surprises = new Float32Array(logits.length);
  for (let answer = 0; answer < logits.length; answer += 1)
    surprises[answer] = logTotal - (logits[answer] ?? Number.NaN);
  return surprises;
}
