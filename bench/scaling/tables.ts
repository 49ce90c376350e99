import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import { figure, quantile } from "../stage/statistics.ts";
import { createHashRing, sharesOf } from "./hash-ring.ts";
import {
  type Draws,
  kafkaMembers,
  largestLoads,
  loseOne,
  overloads,
  podAddresses,
  podRings,
} from "./placement.ts";
import { type StreamWeights, sum, zipfExponent } from "./stream-weights.ts";

const PERCENT = 100;
const percent = (share: number) => `${figure(share * PERCENT)} %`;
const times = (value: number) => value.toFixed(2);
const count = (value: number) => value.toLocaleString("en-US");

/** How evenly the ring itself is cut, before any stream falls on it. */
export function ringTable(stageCounts: readonly number[], draws: Draws): string {
  const naming = [
    { name: "StatefulSet, names with port", address: (i: number) => `${statefulSet(i)}:4317` },
    { name: "StatefulSet, names without port", address: statefulSet },
  ];
  return markdownTable(
    ["stages", "pod addresses, p50", "p99", "smallest, p1", ...naming.map(({ name }) => name)],
    stageCounts.map((stages) => {
      const shares = Array.from({ length: draws.rings }, (_, i) =>
        sharesOf(createHashRing(podAddresses(stages, draws.seed + i)), stages),
      );
      const [most, least] = [Math.max, Math.min].map((of) =>
        shares.map((each) => of(...each)).sort((a, b) => a - b),
      );
      return [
        String(stages),
        times(quantile(most ?? [], 0.5)),
        times(quantile(most ?? [], 0.99)),
        times(quantile(least ?? [], 0.01)),
        ...naming.map(({ address }) => {
          const endpoints = Array.from({ length: stages }, (_, i) => address(i));
          return times(Math.max(...sharesOf(createHashRing(endpoints), stages)));
        }),
      ];
    }),
  );
}

function statefulSet(i: number): string {
  return `logbert-${i}.logbert.observability`;
}

/** The streams that are placed. */
export function streamsTable(distributions: readonly StreamWeights[]): string {
  return markdownTable(
    ["", "streams", "the largest has", "the ten largest have", "Zipf exponent"],
    distributions.map(({ name, weights }) => [
      name,
      count(weights.length),
      percent((weights[0] ?? 0) / sum(weights)),
      percent(sum(weights.slice(0, 10)) / sum(weights)),
      times(zipfExponent(weights)),
    ]),
  );
}

/** The fullest stage in times the mean: the median of placements, and the 99th of a hundred. */
export function skewTable(
  distributions: readonly StreamWeights[],
  stageCounts: readonly number[],
  draws: Draws,
): string {
  const rings = stageCounts.map((stages) => ({ stages, choosers: podRings(stages, draws) }));
  return markdownTable(
    ["p50 / p99", ...stageCounts.map((stages) => `${stages} stages`)],
    distributions.map(({ name, weights }) => [
      name,
      ...rings.map(({ stages, choosers }) => middleAndWorst(largestLoads(weights, stages, choosers, draws))),
    ]),
  );
}

function middleAndWorst(ascending: readonly number[]): string {
  return `${times(quantile(ascending, 0.5))} / ${times(quantile(ascending, 0.99))}`;
}

/** Placements with a stage over its limit, and the share of stages that are, by how full stages are on the mean. */
export function overloadTable(
  distributions: readonly StreamWeights[],
  stageCounts: readonly number[],
  utilisations: readonly number[],
  draws: Draws,
): string {
  return markdownTable(
    [
      "placements with a stage over its limit (stages over it)",
      ...utilisations.map((of) => `mean ${percent(of)}`),
    ],
    stageCounts.flatMap((stages) => {
      const choosers = podRings(stages, draws);
      return distributions.map(({ name, weights }) => [
        `${stages} stages; ${name}`,
        ...overloads(weights, stages, choosers, draws, utilisations).map(
          (over) => `${percent(over.placements)} (${percent(over.stages)})`,
        ),
      ]);
    }),
  );
}

/** Kafka's partitions beside the ring: how many there are in all, and members get them in turn. */
export function kafkaTable(
  { weights }: StreamWeights,
  stageCounts: readonly number[],
  partitionCounts: readonly number[],
  draws: Draws,
): string {
  return markdownTable(
    ["p50 / p99", "the ring", ...partitionCounts.map((partitions) => `${count(partitions)} partitions`)],
    stageCounts.map((stages) => [
      `${stages} stages`,
      middleAndWorst(largestLoads(weights, stages, podRings(stages, draws), draws)),
      ...partitionCounts.map((partitions) => {
        const choosers = Array.from({ length: draws.rings }, () => kafkaMembers(partitions, stages));
        return middleAndWorst(largestLoads(weights, stages, choosers, draws));
      }),
    ]),
  );
}

/** What happens when one stage goes. */
export function lossTable(
  { weights }: StreamWeights,
  stageCounts: readonly number[],
  { seed, rings }: Draws,
): string {
  return markdownTable(
    [
      "stages before",
      "streams that move",
      "of all, from a stage that stays",
      "the heir of most gets",
      "fullest stage afterwards, times before: p50 / p99",
    ],
    stageCounts.map((stages) => {
      const losses = Array.from({ length: rings }, (_, i) => loseOne(weights, stages, seed + i));
      const mean = (of: (loss: (typeof losses)[number]) => number) => sum(losses.map(of)) / losses.length;
      return [
        String(stages),
        percent(mean(({ moved }) => moved)),
        percent(mean(({ movedNeedlessly }) => movedNeedlessly)),
        percent(mean(({ largestHeir }) => largestHeir)),
        middleAndWorst(losses.map(({ largestAfter }) => largestAfter).sort((a, b) => a - b)),
      ];
    }),
  );
}
