import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { calibrateConfig } from "../../../processor/calibrate/config.ts";
import { oddEnds } from "../../../processor/calibrate/odd-ends.ts";
import type { Finding } from "../../../processor/calibrate/verdict.ts";
import { detectConfig } from "../../../processor/detect/config.ts";
import type { Detector } from "../../../processor/detect/detector.ts";
import { placesOf } from "../../../processor/detect/places.ts";
import { attributesConfig } from "../../../processor/enrich/config.ts";
import { ModelError, readModelDirectory } from "../../../processor/inference/model-directory.ts";
import { type RunningScorer, startScorer } from "../../../processor/inference/worker-client.ts";
import { redactConfig } from "../../../processor/redact/config.ts";
import { createRooms, type Rooms } from "../../../processor/rooms.ts";
import { templateConfig } from "../../../processor/template/config.ts";
import { windowConfig } from "../../../processor/window/config.ts";
import type { SequenceWindow } from "../../../processor/window/sequence-window.ts";
import type { DetectorUnderTest, FitContext, Scorer } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { textEncoderDigest } from "./text-encoder-digest.ts";
import { trainOnUnits } from "./train-on-units.ts";
import { unitWindows } from "./unit-windows.ts";

/** Units judged before any of them is learned from. */
const BATCH_UNITS = 16;
/** The share of the training units that the event model was trained on; its surprise at the rest is what calibrates it. */
const TRAINED_SHARE = 0.8;
const ALL_ROWS = 100_000;

/**
 * The product's own rooms, from training to verdict. The event model is trained as by `logbert train`; then the training
 * units go by in their order as they would in a stage, each judged before it is learned from, so that every detector and
 * the calibration learn online. A unit's score is its verdict at the end of the session, before the last calibration: the
 * detectors' joint strength, which orders what lies far beyond the sample too.
 *
 * @param modelOf the model directory to start from, by data set
 */
export function createLogbertDetector(modelOf: (set: string) => string): DetectorUnderTest {
  return {
    name: "logbert",
    isSeeded: true,
    role: "product",
    origin(set) {
      const directory = modelOf(set);
      const { version } = readModelDirectory(directory);
      return `starts from ${basename(directory)} (${version}), text encoder SHA-256 ${textEncoderDigest(directory)}`;
    },
    assertReady: (set) => assertUsable(modelOf(set)),
    appliesTo: () => true,
    async fit(train, context) {
      const directory = mkdtempSync(join(tmpdir(), "logbert-evaluate-"));
      try {
        const scorer = await trainedModel(modelOf(context.set), train, context, join(directory, "model"));
        const rooms = roomsFor(scorer);
        await goThrough(train, context, rooms);
        return scorerOf(context, rooms, scorer);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

function assertUsable(directory: string): void {
  try {
    readModelDirectory(directory);
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new ModelError(
      cause.message,
      "name a model directory with --model; without it, evaluate in a checkout of the repository, where models/leave-one-out is",
      { cause },
    );
  }
}

/** The model of the directory `from`, trained on the units; written to `out`. */
async function trainedModel(
  from: string,
  units: readonly Unit[],
  { templates, isSession, seed }: FitContext,
  out: string,
): Promise<RunningScorer> {
  const base = await open(from);
  try {
    await trainOnUnits({ units, templates, isSession, seed, from, out, encoder: base.encoder });
  } finally {
    await base.close();
  }
  return await open(out);
}

function open(directory: string): Promise<RunningScorer> {
  const fail = (reason: string) => {
    throw new Error(`the model's thread: ${reason}`);
  };
  return startScorer(readModelDirectory(directory), {
    threads: 1,
    maxWaitingRows: Number.POSITIVE_INFINITY,
    onDeath: fail,
  });
}

function roomsFor(scorer: RunningScorer): Rooms {
  return createRooms(
    {
      template: templateConfig.parse({}),
      window: windowConfig.parse({}),
      detect: detectConfig.parse({ max_model_rows: ALL_ROWS }),
      calibrate: calibrateConfig.parse({ learning_records: 50, reservoir_size: 8_192 }),
      redact: redactConfig.parse({}),
      attributes: attributesConfig.parse({}),
    },
    { scorer, encoder: scorer.encoder, now: () => 0 },
  );
}

async function goThrough(
  units: readonly Unit[],
  context: FitContext,
  { detectors, judge }: Rooms,
): Promise<void> {
  const trainedUntil = Math.floor(units.length * TRAINED_SHARE);
  for (let from = 0; from < units.length; from += BATCH_UNITS) {
    const batch = units.slice(from, from + BATCH_UNITS);
    const windows = batch.flatMap((unit) => unitWindows(unit, context.templates, context.isSession));
    // What the model was trained on surprises it less than anything that comes later.
    const asked = from < trainedUntil ? detectors.filter(({ name }) => name !== "event-model") : detectors;
    const findings = await judgeAll(windows, asked, judge);
    for (const detector of detectors) detector.learn(windows);
    judge.learn(findings);
  }
}

async function judgeAll(
  windows: readonly SequenceWindow[],
  detectors: readonly Detector[],
  judge: Rooms["judge"],
): Promise<readonly Finding[]> {
  // A signal stands for a request.
  const { signal } = new AbortController();
  const places = placesOf(windows);
  const opinions = await Promise.all(detectors.map((detector) => detector.score(places, signal)));
  return judge.judge(places, opinions);
}

function scorerOf(context: FitContext, { detectors, judge }: Rooms, { close }: RunningScorer): Scorer {
  const judged = async (units: readonly Unit[], templates: readonly string[]) => {
    const byUnit = units.map((unit) => unitWindows(unit, templates, context.isSession));
    const windows = byUnit.flat();
    const findings = await judgeAll(windows, detectors, judge);
    return { byUnit, windows, findings };
  };
  const scoreBatch = async (units: readonly Unit[], templates: readonly string[]) => {
    const { byUnit, findings } = await judged(units, templates);
    const strengths = new Map(
      findings
        .filter(({ recordIndex }) => recordIndex === undefined)
        .map(({ window, verdict }) => [window.session, verdict.strength]),
    );
    return byUnit.map(([first]) => (first === undefined ? 0 : (strengths.get(first.session) ?? 0)));
  };
  return {
    close,
    async score(units, templates) {
      const { distinct, placeOf } = withoutRepeats(units);
      const strengths: number[] = [];
      for (let from = 0; from < distinct.length; from += BATCH_UNITS)
        strengths.push(...(await scoreBatch(distinct.slice(from, from + BATCH_UNITS), templates)));
      return Float64Array.from(placeOf, (place) => strengths[place] ?? Number.NaN);
    },
    async learn(units, templates) {
      for (let from = 0; from < units.length; from += BATCH_UNITS) {
        const { windows, findings } = await judged(units.slice(from, from + BATCH_UNITS), templates);
        const odd = oddEnds(findings);
        for (const detector of detectors) detector.learn(windows, odd);
        judge.learn(findings);
      }
    },
  };
}

/** Units that nothing but their sequence tells apart are judged once. */
function withoutRepeats(units: readonly Unit[]) {
  const places = new Map<readonly number[], number>();
  const distinct: Unit[] = [];
  const placeOf = units.map((unit) => {
    const isPlain = unit.timesMs === undefined && unit.parameters === undefined;
    const known = isPlain ? places.get(unit.events) : undefined;
    if (known !== undefined) return known;
    if (isPlain) places.set(unit.events, distinct.length);
    return distinct.push(unit) - 1;
  });
  return { distinct, placeOf };
}
