import { parseArgs } from "node:util";
import { configSchema } from "../cli/config.ts";
import { createLogStream } from "../cli/generate/create-log-stream.ts";
import { INCIDENT_KINDS, type Incident, planIncidents } from "../cli/generate/incident.ts";
import { openScorer } from "../cli/open-scorer.ts";
import { createRooms } from "../processor/rooms.ts";
import { alertsOfSecond } from "./alerts-of-second.ts";

/**
 * What a newcomer gets to see: alerts in the first ten minutes of a shop's normal logs, in the time after them, and in half an
 * hour with an incident every minute, by the stage's defaults and the shipped model, on a clock of its own. Deterministic; the
 * machine does not matter. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seeds: { type: "string", default: "42,3,7,11" },
    "normal-minutes": { type: "string", default: "60" },
    "incident-minutes": { type: "string", default: "30" },
  },
});
const SEEDS = values.quick ? [42] : values.seeds.split(",").map(Number);
const YOUNG_MINUTES = values.quick ? 0.1 : 10;
const NORMAL_MINUTES = values.quick ? 0.1 : Number(values["normal-minutes"]);
const INCIDENT_MINUTES = values.quick ? 1.5 : Number(values["incident-minutes"]);
const EVERY_MS = 60_000;
const DURATION_MS = 10_000;
/** What follows an incident this soon is counted as its own. */
const AFTERMATH_MS = 5_000;
const STEP_MS = 1_000;
const START_MS = Date.UTC(2026, 0, 5, 14);

interface Counts {
  readonly records: number;
  readonly young: number;
  readonly grown: number;
  readonly between: number;
  readonly found: readonly Incident[];
  readonly incidents: readonly Incident[];
}

const config = configSchema.parse({});
const model = await openScorer(config.inference, (reason) => {
  throw new Error(reason);
});
console.log(
  `| seed | records | first ${YOUNG_MINUTES} min | next ${NORMAL_MINUTES} min | between incidents, ${INCIDENT_MINUTES} min | ${INCIDENT_KINDS.join(" | ")} |`,
);
for (const seed of SEEDS) print(seed, await watch(seed));
await model.close();

/** One shop from its first record on. */
async function watch(seed: number): Promise<Counts> {
  let nowMs = START_MS;
  const rooms = createRooms(config, { scorer: model.scorer, encoder: model.encoder, now: () => nowMs });
  const grownMs = START_MS + YOUNG_MINUTES * 60_000;
  const liveMs = grownMs + NORMAL_MINUTES * 60_000;
  const endMs = liveMs + INCIDENT_MINUTES * 60_000;
  const incidents: Incident[] = [];
  const stream = createLogStream({
    seed,
    startMs: START_MS,
    ratePerSecond: 50,
    incidents: planIncidents({
      kinds: INCIDENT_KINDS,
      everyMs: EVERY_MS,
      durationMs: DURATION_MS,
      startMs: liveMs,
    }),
    onIncident: (incident) => incidents.push(incident),
  });
  const counts = { records: 0, young: 0, grown: 0, between: 0 };
  const found = new Set<Incident>();

  for (; nowMs < endMs; nowMs += STEP_MS) {
    const records = stream.next(nowMs + STEP_MS);
    counts.records += records.length;
    for (const { window, event } of await alertsOfSecond(rooms, records, nowMs + STEP_MS)) {
      const atMs = (window.events[event] ?? window.events.at(-1))?.timeMs ?? nowMs;
      const current = incidents.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs + AFTERMATH_MS);
      if (current !== undefined) found.add(current);
      else if (atMs < grownMs) counts.young += 1;
      else if (atMs < liveMs) counts.grown += 1;
      else counts.between += 1;
    }
  }
  return { ...counts, incidents, found: [...found] };
}

function print(seed: number, { records, young, grown, between, found, incidents }: Counts): void {
  const kinds = INCIDENT_KINDS.map((kind) => {
    const of = (list: readonly Incident[]) => list.filter((incident) => incident.kind === kind).length;
    return `${of(found)} of ${of(incidents)}`;
  });
  console.log(`| ${seed} | ${records} | ${young} | ${grown} | ${between} | ${kinds.join(" | ")} |`);
}
