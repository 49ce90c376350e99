import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import { type Draws, stagesNeeded } from "./placement.ts";
import { byInstance, type StreamWeights, scaledTo } from "./stream-weights.ts";

/** How many stages a rate takes, by what is routed; undefined where no number is enough. */
export interface StageNeeds {
  readonly rate: number;
  /** What a stage is to have at most, records/s. */
  readonly limit: number;
  readonly largestService: number;
  /** If streams fell evenly. */
  readonly even: number;
  readonly byService: number | undefined;
  readonly byInstance: number | undefined;
  readonly byTrace: number | undefined;
}

/** What is known of who writes. */
export interface Senders {
  readonly services: StreamWeights;
  readonly traces: StreamWeights;
  /** Most that one instance of a service writes, records/s. */
  readonly instanceMax: number;
}

/** @param share of the placements that leave no stage over its limit */
export function stageNeeds(
  { services, traces, instanceMax }: Senders,
  rate: number,
  limit: number,
  share: number,
  draws: Draws,
): StageNeeds {
  const scaled = scaledTo(rate, services.weights);
  const needed = (streams: readonly number[]) => stagesNeeded(streams, limit, share, draws);
  return {
    rate,
    limit,
    largestService: Math.max(...scaled),
    even: Math.ceil(rate / limit),
    byService: needed(scaled),
    byInstance: needed(byInstance(scaled, instanceMax)),
    byTrace: needed(scaledTo(rate, traces.weights)),
  };
}

const count = (value: number) => value.toLocaleString("en-US");
const orNone = (stages: number | undefined) => String(stages ?? "not possible");

/** A line for each rate and limit. */
export function needsTable(needs: readonly StageNeeds[]): string {
  return markdownTable(
    ["", "largest service, records/s", "if all were even", "by service", "by instance", "by trace"],
    needs.map((need) => [
      `${count(need.rate)} records/s, ${count(need.limit)} a stage`,
      count(Math.round(need.largestService)),
      String(need.even),
      orNone(need.byService),
      orNone(need.byInstance),
      orNone(need.byTrace),
    ]),
  );
}
