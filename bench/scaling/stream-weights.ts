import { readGzipLines } from "../../cli/evaluate/data/read-gzip-lines.ts";

/** Streams that may not be cut, by the records that each writes. */
export interface StreamWeights {
  readonly name: string;
  /** Records, or records a second; descending. */
  readonly weights: readonly number[];
}

const SYSLOG_PROGRAM = /^\w+ +\d+ [\d:]+ \S+ ([^\s:[(]+)/;

/** Whose records a line of a real log belongs to. */
const REAL_LOGS = [
  {
    name: "Linux: programs of a machine",
    file: "loghub_2k/Linux/Linux_2k.log.gz",
    stream: (line: string) => SYSLOG_PROGRAM.exec(line)?.[1],
  },
  {
    name: "Mac: programs of a machine",
    file: "loghub_2k/Mac/Mac_2k.log.gz",
    stream: (line: string) => SYSLOG_PROGRAM.exec(line)?.[1],
  },
  {
    name: "HPC: nodes of a cluster",
    file: "loghub_2k/HPC/HPC_2k.log.gz",
    stream: (line: string) => line.split(" ")[1],
  },
  {
    name: "BGL: nodes, one of them failing",
    file: "bgl/raw_first_10k.log.gz",
    stream: (line: string) => line.split(" ")[3],
  },
  {
    name: "HDFS: data nodes of a cluster",
    file: "hdfs/raw_2pct.log.gz",
    stream: (line: string) => /dest: \/([\d.]+)/.exec(line)?.[1],
  },
] as const;

/** How records fall on the streams of real logs. Lines that name no stream are left out. */
export function readRealStreams(directory: string): Promise<readonly StreamWeights[]> {
  return Promise.all(
    REAL_LOGS.map(async ({ name, file, stream }) => {
      const counts = new Map<string, number>();
      await readGzipLines(directory, file, (line) => {
        const of = stream(line);
        if (of !== undefined) counts.set(of, (counts.get(of) ?? 0) + 1);
      });
      return { name, weights: [...counts.values()].sort((a, b) => b - a) };
    }),
  );
}

/** The stream of rank r has a weight of r to the power of -exponent. Example: (3, 1) gives 1, 1/2, 1/3. */
export function zipfWeights(streams: number, exponent: number): readonly number[] {
  return Array.from({ length: streams }, (_, i) => (i + 1) ** -exponent);
}

const EXPONENT_MAX = 4;
const NARROWINGS = 60;

/** The exponent under which such weights are likeliest to be drawn from as many streams (maximum likelihood). */
export function zipfExponent(weights: readonly number[]): number {
  const total = sum(weights);
  const meanLogRank = sum(weights.map((weight, i) => weight * Math.log(i + 1))) / total;
  const likelihood = (exponent: number) =>
    -exponent * meanLogRank - Math.log(sum(zipfWeights(weights.length, exponent)));
  let [from, to] = [0, EXPONENT_MAX];
  for (let i = 0; i < NARROWINGS; i += 1) {
    const third = (to - from) / 3;
    if (likelihood(from + third) < likelihood(to - third)) from += third;
    else to -= third;
  }
  return (from + to) / 2;
}

/** Each stream as its instances, of which none has more than `instanceMax`: what there is to place when instances are routed by. */
export function byInstance(weights: readonly number[], instanceMax: number): readonly number[] {
  return weights.flatMap((weight) => {
    const instances = Math.max(1, Math.ceil(weight / instanceMax));
    return Array.from({ length: instances }, () => weight / instances);
  });
}

/** The same shares of another total. */
export function scaledTo(total: number, weights: readonly number[]): readonly number[] {
  const factor = total / sum(weights);
  return weights.map((weight) => weight * factor);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
