import { Bench } from "tinybench";
import { generateNormal } from "../cli/generate/generate-normal.ts";
import { createCountVectorDetector } from "../processor/detect/count-vector.ts";
import type { Detector } from "../processor/detect/detector.ts";
import { createGapDetector } from "../processor/detect/gap.ts";
import { createLengthDetector } from "../processor/detect/length.ts";
import { createNewTemplateDetector } from "../processor/detect/new-template.ts";
import { createNgramDetector } from "../processor/detect/ngram.ts";
import { createParameterDetector } from "../processor/detect/parameter.ts";
import { placesOf } from "../processor/detect/places.ts";
import { createRateDetector } from "../processor/detect/rate.ts";
import { createVectorCache } from "../processor/detect/vector-cache.ts";
import { templateConfig } from "../processor/template/config.ts";
import { createTemplateMiner } from "../processor/template/create-template-miner.ts";
import { windowConfig } from "../processor/window/config.ts";
import { createWindower } from "../processor/window/create-windower.ts";
import type { SequenceWindow } from "../processor/window/sequence-window.ts";
import { standInEncoder } from "../test/helpers/stand-in-encoder.ts";

/** Records, and how many of them come in one request. `--quick` only shows that the benchmark still runs. */
const isQuick = process.argv.includes("--quick");
const RECORDS = isQuick ? 200 : 200_000;
const REQUEST_RECORDS = 500;
const ITERATIONS = isQuick ? 1 : 3;

const DETECTORS: readonly (() => Detector)[] = [
  () => createNewTemplateDetector(createVectorCache(standInEncoder)),
  createNgramDetector,
  createCountVectorDetector,
  createLengthDetector,
  createRateDetector,
  createGapDetector,
  createParameterDetector,
];

/** Sessions by trace, so that the detectors of ends have something to do; 1 in 15 records ends one. */
const requests = windowsOf(RECORDS);

const bench = new Bench({ time: 0, iterations: ITERATIONS, warmup: false });
for (const create of DETECTORS) {
  bench.add(create().name, async () => {
    const detector = create();
    for (const windows of requests) {
      await detector.score(placesOf(windows), new AbortController().signal);
      detector.learn(windows);
    }
  });
}
await bench.run();

console.log(
  `${RECORDS} generated records, ${REQUEST_RECORDS} a request; median µs a record to score and learn:`,
);
for (const task of bench.tasks) {
  const { result } = task;
  if (result.state === "errored") throw result.error;
  if (result.state !== "completed") throw new Error(`${task.name} did not finish: ${result.state}`);
  console.log(`${((result.latency.p50 * 1000) / RECORDS).toFixed(3).padStart(8)}  ${task.name}`);
}

function windowsOf(count: number): readonly (readonly SequenceWindow[])[] {
  const miner = createTemplateMiner(templateConfig.parse({}));
  let nowMs = 0;
  const windower = createWindower(windowConfig.parse({ type: "session", idle_ms: 5_000 }), () => nowMs);
  const records = generateNormal({ seed: 1, records: count }).map((record) => ({
    recordIndex: 0,
    service: record.service,
    stream: record.traceId ?? record.instance,
    match: miner.mine(record.body),
    timeMs: Math.floor(record.timeMs),
    severityNumber: record.severityNumber,
  }));
  return Array.from({ length: Math.ceil(count / REQUEST_RECORDS) }, (_, i) => {
    const request = records.slice(i * REQUEST_RECORDS, (i + 1) * REQUEST_RECORDS);
    nowMs = request.at(-1)?.timeMs ?? nowMs;
    return [...windower.push(request), ...windower.closeIdle(nowMs)];
  });
}
