import { graphql, type ResultOf } from "../graphql.ts";

/** Asks at a dozen thresholds how many alerts there would have been: the curve behind the slider. */
export const alertCurveQuery = graphql(`
  query AlertCurve($service: String!, $from: DateTime!, $to: DateTime!) {
    at500: thresholdPreview(service: $service, value: 0.5, from: $from, to: $to) { alerts }
    at600: thresholdPreview(service: $service, value: 0.6, from: $from, to: $to) { alerts }
    at700: thresholdPreview(service: $service, value: 0.7, from: $from, to: $to) { alerts }
    at750: thresholdPreview(service: $service, value: 0.75, from: $from, to: $to) { alerts }
    at800: thresholdPreview(service: $service, value: 0.8, from: $from, to: $to) { alerts }
    at825: thresholdPreview(service: $service, value: 0.825, from: $from, to: $to) { alerts }
    at850: thresholdPreview(service: $service, value: 0.85, from: $from, to: $to) { alerts }
    at875: thresholdPreview(service: $service, value: 0.875, from: $from, to: $to) { alerts }
    at900: thresholdPreview(service: $service, value: 0.9, from: $from, to: $to) { alerts }
    at925: thresholdPreview(service: $service, value: 0.925, from: $from, to: $to) { alerts }
    at950: thresholdPreview(service: $service, value: 0.95, from: $from, to: $to) { alerts }
    at975: thresholdPreview(service: $service, value: 0.975, from: $from, to: $to) { alerts }
  }
`);

/** One point of the curve. */
export interface CurvePoint {
  readonly threshold: number;
  readonly alerts: number;
}

/** The answer as points, lowest threshold first. Example: { at850: { alerts: 7 } } -> [{ threshold: 0.85, alerts: 7 }] */
export function toCurve(data: Partial<ResultOf<typeof alertCurveQuery>>): readonly CurvePoint[] {
  return Object.entries(data)
    .map(([alias, { alerts }]) => ({ threshold: Number(alias.slice(2)) / 1000, alerts }))
    .sort((a, b) => a.threshold - b.threshold);
}

/** Height of a count on a logarithmic scale from 0 to `most`, 0 to 1: one alert must not vanish beside a million. */
export function curveHeight(alerts: number, most: number): number {
  return most === 0 ? 0 : Math.log1p(alerts) / Math.log1p(most);
}
