import { parseArgs } from "node:util";
import { configSchema } from "../cli/config.ts";
import { createLogStream } from "../cli/generate/create-log-stream.ts";
import type { Incident, IncidentKind } from "../cli/generate/incident.ts";
import { RELEASED_SERVICE } from "../cli/generate/release.ts";
import { openScorer } from "../cli/open-scorer.ts";
import type { Finding } from "../processor/calibrate/verdict.ts";
import { createRooms } from "../processor/rooms.ts";
import { alertsOfSecond } from "./alerts-of-second.ts";

/**
 * What a release costs in false alarms of the released service, in the hour after it, with a learning band and without; and which
 * of the incidents that come with it are found. By the shipped model, on a clock of its own. Deterministic; the machine does
 * not matter. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seeds: { type: "string", default: "42,3,7" },
  },
});
const SEEDS = values.quick ? [42] : values.seeds.split(",").map(Number);
const BEFORE_MINUTES = values.quick ? 0.2 : 40;
const AFTER_MINUTES = values.quick ? 0.2 : 60;
const RATE = 10;
const MINUTE_MS = 60_000;
const STEP_MS = 1_000;
/** What follows an incident this soon is counted as its own. */
const AFTERMATH_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 5, 14);
const RELEASE_MS = START_MS + BEFORE_MINUTES * MINUTE_MS;

const SESSIONS = { type: "session", idle_ms: 10_000, stream: { by: "trace" } };
const WAYS: readonly (readonly [name: string, alertsPerDay: number, window: object])[] = [
  ["by count, 5 alerts a day", 5, {}],
  ["by count, 50 a day", 50, {}],
  ["by count, 500 a day", 500, {}],
  ["sessions, 5 a day", 5, SESSIONS],
  ["sessions, 50 a day", 50, SESSIONS],
];
/** Minutes after the release. */
const INCIDENTS: readonly (readonly [IncidentKind, number])[] = [
  ["new-error", 5],
  ["missing-step", 15],
  ["burst", 25],
  ["silence", 35],
];

/** What is played. */
interface Play {
  readonly seed: number;
  readonly isReleased: boolean;
  readonly bandMs: number;
  readonly incidents: readonly Incident[];
}

/** An alert, by the clock of whoever is told. */
interface Alert {
  readonly atMs: number;
  readonly isSilence: boolean;
  /** Of the records in its window. */
  readonly incidentIds: ReadonlySet<string>;
}

const model = await openScorer(configSchema.parse({}).inference, (reason) => {
  throw new Error(reason);
});
const bandMs = configSchema.parse({}).calibrate.release_band_ms;
console.log(
  `Alerts of ${RELEASED_SERVICE} in the ${AFTER_MINUTES} minutes after its release, ${SEEDS.length} seeds, and incidents in it that were found:\n`,
);
console.log(
  "| windows and budget | no release | release, no band | release, band | found, no band | found, band |",
);
console.log("|---|---|---|---|---|---|");
for (const [name, alertsPerDay, window] of WAYS) {
  const sum = async (play: Omit<Play, "seed">, count: (alerts: readonly Alert[]) => number) => {
    let total = 0;
    for (const seed of SEEDS) total += count(await alertsAfter({ ...play, seed }, alertsPerDay, window));
    return total;
  };
  const alarms = (isReleased: boolean, band: number) =>
    sum({ isReleased, bandMs: band, incidents: [] }, (alerts) => alerts.length);
  const found = async (band: number) => {
    const incidents = INCIDENTS.map(toIncident);
    const play = { isReleased: true, bandMs: band, incidents };
    return `${await sum(play, (alerts) => foundOf(incidents, alerts))} of ${incidents.length * SEEDS.length}`;
  };
  console.log(
    `| ${name} | ${await alarms(false, bandMs)} | ${await alarms(true, 0)} | ${await alarms(true, bandMs)} | ${await found(0)} | ${await found(bandMs)} |`,
  );
}
await model.close();

function toIncident([kind, minutes]: (typeof INCIDENTS)[number]): Incident {
  const fromMs = RELEASE_MS + minutes * MINUTE_MS;
  return { id: kind, kind, service: RELEASED_SERVICE, fromMs, toMs: fromMs + MINUTE_MS };
}

/**
 * How many of the incidents alerted: with one of their records in the window, or, where there is none, with a silence in their time.
 */
function foundOf(incidents: readonly Incident[], alerts: readonly Alert[]): number {
  const isOf = ({ id, fromMs, toMs }: Incident, { atMs, isSilence, incidentIds }: Alert) =>
    incidentIds.has(id) || (isSilence && fromMs <= atMs && atMs < toMs + AFTERMATH_MS);
  return incidents.filter((incident) => alerts.some((alert) => isOf(incident, alert))).length;
}

/** What the released service alerted of after its release. */
async function alertsAfter(
  { seed, isReleased, bandMs: band, incidents }: Play,
  alertsPerDay: number,
  window: object,
): Promise<readonly Alert[]> {
  const calibrate = { alerts_per_day: alertsPerDay, release_band_ms: band };
  const config = configSchema.parse({ calibrate, window });
  let nowMs = START_MS;
  const rooms = createRooms(config, { scorer: model.scorer, encoder: model.encoder, now: () => nowMs });
  const stream = createLogStream({
    seed,
    startMs: START_MS,
    ratePerSecond: RATE,
    incidents,
    release: isReleased ? { atMs: RELEASE_MS } : undefined,
  });
  const alerts: Alert[] = [];
  const labels = new Map<number, string>();
  for (; nowMs < RELEASE_MS + AFTER_MINUTES * MINUTE_MS; nowMs += STEP_MS) {
    const records = stream.next(nowMs + STEP_MS);
    for (const { incident, service, timeMs } of records)
      if (incident !== undefined && service === RELEASED_SERVICE) labels.set(Math.floor(timeMs), incident);
    for (const finding of await alertsOfSecond(rooms, records, nowMs + STEP_MS))
      if (nowMs >= RELEASE_MS && finding.window.service === RELEASED_SERVICE)
        alerts.push(toAlert(finding, nowMs, labels));
  }
  return alerts;
}

function toAlert({ window }: Finding, atMs: number, labels: ReadonlyMap<number, string>): Alert {
  const ids = window.events.flatMap(({ timeMs }) => labels.get(timeMs) ?? []);
  return { atMs, isSilence: window.missing !== undefined, incidentIds: new Set(ids) };
}
