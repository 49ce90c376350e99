import { encodeRow, RESIDUAL_ROWS_MAX, type ResidualsFile } from "../inference/residuals.ts";
import type { ServiceCorpus } from "./corpus.ts";
import { knownRows } from "./known-rows.ts";
import { averageDecay } from "./schedule.ts";

/** Rows of the candidates of one step: values and Adam's two moments, each [candidates, width]. */
export interface ResidualRows {
  readonly p: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** The residual rows of all services of a corpus in training: values, moments and the moving average. */
export interface ResidualTable {
  gather(service: number, candidates: Uint16Array): ResidualRows;
  /** Writes back what a step has made of gathered rows. */
  scatter(service: number, candidates: Uint16Array, rows: ResidualRows, step: number): void;
  /** The averaged rows of a service's templates, one after the other. */
  averaged(service: number, average?: Float32Array): Float32Array;
  /** All values, for a checkpoint; writing into them restores one. */
  readonly state: ResidualRows & { readonly average: Float32Array };
}

/** Rows for the most frequent templates of each service, beginning with what the model knows of them; the others stay 0. */
export function createResidualTable(
  services: readonly ServiceCorpus[],
  known: ResidualsFile,
  width: number,
  candidatesMax: number,
): ResidualTable {
  const layout = createLayout(services);
  const zeros = () => new Float32Array(layout.rows * width);
  const state = { p: zeros(), m: zeros(), v: zeros(), average: zeros() };
  for (const [service, own] of services.entries()) {
    const rows = knownRows(known, own, width);
    for (const template of own.templates.keys()) {
      const at = layout.rowOf(service, template);
      if (at >= 0) state.p.set(rows.subarray(template * width, (template + 1) * width), at * width);
    }
  }
  state.average.set(state.p);

  const copy = (from: Float32Array, service: number, candidates: Uint16Array, to: Float32Array) => {
    for (const [candidate, template] of candidates.entries()) {
      const at = layout.rowOf(service, template) * width;
      if (at >= 0) to.set(from.subarray(at, at + width), candidate * width);
    }
    return to;
  };
  return {
    state,
    gather: (service, candidates) => {
      const gathered = (from: Float32Array) =>
        copy(from, service, candidates, new Float32Array(candidatesMax * width));
      return { p: gathered(state.p), m: gathered(state.m), v: gathered(state.v) };
    },
    scatter(service, candidates, rows, step) {
      const decay = averageDecay(step);
      for (const [candidate, template] of candidates.entries()) {
        const at = layout.rowOf(service, template) * width;
        if (at < 0) continue;
        const from = candidate * width;
        for (const key of ["p", "m", "v"] as const)
          state[key].set(rows[key].subarray(from, from + width), at);
        for (let i = 0; i < width; i += 1)
          state.average[at + i] = (state.average[at + i] ?? 0) * decay + (state.p[at + i] ?? 0) * (1 - decay);
      }
    },
    averaged(service, average = state.average) {
      const templates = services[service]?.templates.length ?? 0;
      const all = Uint16Array.from({ length: templates }, (_, template) => template);
      return copy(average, service, all, new Float32Array(templates * width));
    },
  };
}

/** The rows of {@link ResidualTable.averaged} as `residuals.json` holds them. */
export function residualsOf(
  services: readonly ServiceCorpus[],
  averaged: (service: number) => Float32Array,
  width: number,
): ResidualsFile["services"] {
  const layout = createLayout(services);
  return services.map(({ name, templates }, service) => {
    const rows = averaged(service);
    const own = templates.flatMap((text, template) =>
      layout.rowOf(service, template) < 0
        ? []
        : [[text, encodeRow(rows.subarray(template * width, (template + 1) * width))] as const],
    );
    return [name, own];
  });
}

/** Which templates have a row, and where. */
function createLayout(services: readonly ServiceCorpus[]) {
  let rows = 0;
  const places = services.map(({ templates, train }) => {
    const counts = new Uint32Array(templates.length);
    for (const sequence of train)
      for (const template of sequence.templates) counts[template] = (counts[template] ?? 0) + 1;
    const frequent = [...counts.keys()]
      .toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
      .slice(0, RESIDUAL_ROWS_MAX);
    const place = new Int32Array(templates.length).fill(-1);
    for (const template of frequent.toSorted((a, b) => a - b)) {
      place[template] = rows;
      rows += 1;
    }
    return place;
  });
  return { rows, rowOf: (service: number, template: number) => places[service]?.[template] ?? -1 };
}
