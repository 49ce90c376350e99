import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { createBatch } from "../../processor/learn/batches.ts";
import { createKeyedRandom } from "../../processor/learn/keyed-random.ts";
import { GRAPHS, readTrainableModel } from "../../processor/learn/trainable-model.ts";
import { createUnits, planEpoch } from "../../processor/learn/units.ts";
import { randomModel } from "./random-model.ts";

/** Adam's share of a gradient in the first moment of the first step, from a moment of 0 (export_event_model.py). */
const ONE_MINUS_BETA1 = 0.1;
/** Moves of a parameter up and down, for the finite difference. */
const MOVE = 1e-2;
/**
 * How far the step's gradient may be from the finite difference. The mean of 256 losses of about 4, each a 32-bit float, is
 * known to about 4 * 6e-8, so that the difference over 2 * MOVE is uncertain by some 1e-5; the third derivative adds
 * MOVE² / 6 of itself, which grows with the gradient: hence the second, relative part. A wrong sign or a missing term of a
 * gradient fails: the steepest entries of the tensors are 1e-3 to 1e-2.
 */
const TOLERANCE = { absolute: 2e-5, relative: 0.01 };

const model = readTrainableModel(randomModel());
const { width, text_dimensions: dimensions } = model.description;
const { shape } = model;
const random = createKeyedRandom(5);

function batch() {
  const templates = Array.from({ length: 30 }, (_, i) => `template ${i}`);
  const train = Array.from({ length: 80 }, () => {
    const length = 5 + random.below(30);
    return {
      templates: Uint16Array.from({ length }, () => random.below(templates.length)),
      severities: Uint8Array.from({ length }, () => random.below(7)),
      gaps: Float32Array.from({ length }, () => random.next() * 6),
      parameters: Float32Array.from({ length: length * 4 }, () => random.next()),
      begins: true,
      ends: true,
    };
  });
  const units = createUnits([{ train }]);
  const [chosen = new Uint32Array()] = planEpoch(units, shape.rows, new Uint8Array(units.count), 1, 0);
  return createBatch({ train, templates }, units, chosen, shape, random);
}

function randomValues(length: number, size: number): Float32Array {
  return Float32Array.from({ length }, () => (random.next() - 0.5) * 2 * size);
}

/** All inputs of a first step that moves nothing, because its learning rate is 0. */
function createFeed(): Record<string, Tensor> {
  const { rows, candidates, at, targets, weights } = batch();
  const { candidates: places } = shape;
  const floats = (values: Float32Array, dims: readonly number[]) => new Tensor("float32", values, dims);
  const cells = [shape.rows, shape.positions];
  const table = new Float32Array(places * dimensions);
  table.set(randomValues(candidates.length * dimensions, 0.15));
  const residual = new Float32Array(places * width);
  residual.set(randomValues(candidates.length * width, 0.05));
  const feed: Record<string, Tensor> = {
    "r.p": floats(residual, [places, width]),
    "r.m": floats(new Float32Array(residual.length), [places, width]),
    "r.v": floats(new Float32Array(residual.length), [places, width]),
    step_number: floats(Float32Array.of(1), []),
    learning_rate: floats(Float32Array.of(0), []),
    table: floats(table, [places, dimensions]),
    valid: floats(new Float32Array(places).fill(1, 0, candidates.length), [places]),
    ids: new Tensor("int64", rows.ids, cells),
    kind: new Tensor("int64", rows.kinds, cells),
    severity: new Tensor("int64", rows.severities, cells),
    gap: floats(rows.gaps, cells),
    parameters: floats(rows.parameters, [...cells, shape.features]),
    at: new Tensor("int64", at, [shape.masked]),
    target: new Tensor("int64", targets, [shape.masked]),
    weight: floats(weights, [shape.masked]),
  };
  for (const { name, shape: dims, offset } of model.places) {
    const from = offset / Float32Array.BYTES_PER_ELEMENT;
    const values = model.weights.slice(from, from + dims.reduce((a, b) => a * b, 1));
    // Away from the symmetric start, where the biases are 0.
    feed[`p.${name}`] = floats(
      values.map((value) => value + (random.next() - 0.5) * 0.02),
      dims,
    );
    for (const moment of ["m", "v"])
      feed[`${moment}.${name}`] = floats(new Float32Array(values.length), dims);
  }
  return feed;
}

function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error("no tensor of 32-bit floats");
}

it("the exported step's gradient is the slope of its loss, in every parameter and in the residual rows", async () => {
  const session = await InferenceSession.create(model.files.get(GRAPHS.step) ?? new Uint8Array(), {
    intraOpNumThreads: 1,
  });
  const feed = createFeed();
  const weights = floatsOf(feed["weight"]);
  /** In double precision, because the mean of many floats is known better than one of them. */
  const loss = async () => {
    const losses = floatsOf((await session.run(feed, ["losses"]))["losses"]);
    const sum = losses.reduce((total, value, i) => total + value * (weights[i] ?? 0), 0);
    return sum / weights.reduce((a, b) => a + b, 0);
  };

  const first = await session.run(feed);
  const clipped = Math.max(1, floatsOf(first["gradient_norm"])[0] ?? 0);
  let largest = 0;
  for (const name of [...model.places.map((place) => place.name), "r.p"]) {
    const isResidual = name === "r.p";
    const values = floatsOf(feed[isResidual ? name : `p.${name}`]);
    const moments = floatsOf(first[isResidual ? "o.r.m" : `o.m.${name}`]);
    for (const at of [steepest(moments), random.below(values.length)]) {
      const gradient = ((moments[at] ?? 0) / ONE_MINUS_BETA1) * clipped;
      const value = values[at] ?? 0;
      values[at] = value + MOVE;
      const above = await loss();
      values[at] = value - MOVE;
      const slope = (above - (await loss())) / (2 * MOVE);
      values[at] = value;
      const allowed = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(slope);
      expect(Math.abs(slope - gradient), `${name}[${at}]: slope ${slope}, gradient ${gradient}`).toBeLessThan(
        allowed,
      );
      largest = Math.max(largest, Math.abs(gradient));
    }
  }
  await session.release();
  // There was a gradient to check.
  expect(largest).toBeGreaterThan(1e-3);
});

/** Where the gradient is largest: a wrong one shows there most. */
function steepest(gradient: Float32Array): number {
  let best = 0;
  for (const [i, value] of gradient.entries()) if (Math.abs(value) > Math.abs(gradient[best] ?? 0)) best = i;
  return best;
}
