import type { Spread } from "../metrics/spread.ts";

/** "0.9710 ± 0.0030"; without the deviation where there is none. */
export function figure({ mean, deviation }: Spread): string {
  return deviation === 0 ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
}

/** Example: 0.002 gives "0.2 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** "0.065 % (× 0.33)": a rate and how many times what was promised it is; "0 %" alone where it never came true. */
export function kept(realised: number, promised: number): string {
  return realised === 0 ? "0 %" : `${percent(realised)} (× ${Number((realised / promised).toPrecision(2))})`;
}
