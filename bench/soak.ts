import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type ChurnRun, startChurnRun } from "./churn/run-churn.ts";
import { type Minute, minuteCells, minuteHeader, soakReport } from "./churn/soak-report.ts";
import { conditions } from "./stage/conditions.ts";

/**
 * Hours of a log whose services, templates and sessions come and go, through a real stage at a share of the most that it takes:
 * sent in an open loop, so that a slow answer delays no request after it. A line a minute, and at the end a report that says
 * whether memory and latency stay flat, and what was lost or doubled. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    minutes: { type: "string", default: "60" },
    /** Share of the most records a second that the stage takes. */
    load: { type: "string", default: "0.8" },
    seed: { type: "string", default: "1" },
    /** Records a second, instead of a share of what is found. */
    rate: { type: "string" },
    /** Seconds of one line. */
    lap: { type: "string", default: "60" },
    /** Where the report goes; with --quick nowhere, unless it is named. */
    out: { type: "string" },
  },
});
const IS_QUICK = values.quick;
const LAP_SECONDS = IS_QUICK ? 1 : Number(values.lap);
const LAPS = IS_QUICK ? 4 : Math.ceil((Number(values.minutes) * 60) / LAP_SECONDS);
const RECORDS_EACH = IS_QUICK ? 10 : 100;
const PROBE = { inFlight: 10, records: Number.MAX_SAFE_INTEGER };
/** Until the first sessions have ended, which are silent for a minute before they do; then the search for the most that is taken. */
const WARM_SECONDS = IS_QUICK ? 1 : 120;
const PROBE_SECONDS = IS_QUICK ? 1 : 20;
/** The next hop has room for so many numbered records. */
const RECORDS_MAX = IS_QUICK ? 1_000_000 : 400_000_000;

const CHURN = {
  seed: Number(values.seed),
  services: 40,
  recordsPerNewService: 100_000,
  templatesEach: 20,
  recordsPerRelease: 1_000_000,
  sessions: 400,
  recordsPerSession: 12,
};

const run = await startChurnRun({ churn: CHURN, recordsEach: RECORDS_EACH, recordsMax: RECORDS_MAX });
try {
  await soak(run);
} finally {
  await run.close();
}

async function soak(run: ChurnRun): Promise<void> {
  await run.burst({ ...PROBE, seconds: WARM_SECONDS });
  const probe = await run.burst({ ...PROBE, seconds: PROBE_SECONDS });
  const peak = probe.records / probe.seconds;
  const rate = values.rate === undefined ? peak * Number(values.load) : Number(values.rate);
  console.log(
    `${conditions()}\nat most ${peak.toFixed(0)} records/s; ${LAPS} laps of ${LAP_SECONDS} s at ${rate.toFixed(0)} records/s\n`,
  );
  console.log(`| ${minuteHeader.join(" | ")} |\n|${"---|".repeat(minuteHeader.length)}`);
  const minutes: Minute[] = [];
  let before = await run.look();
  await run.pace(rate);
  for (let i = 1; i <= LAPS; i += 1) {
    await delay(LAP_SECONDS * 1000);
    const lap = await run.lap();
    const look = await run.look();
    const delivered = await run.delivered(lap.answeredBelow);
    const minute = { minute: (i * LAP_SECONDS) / 60, lap, look, before, delivered, load: loadavg()[0] ?? 0 };
    minutes.push(minute);
    console.log(`| ${minuteCells(minute).join(" | ")} |`);
    before = look;
  }
  const last = await run.pause();
  const delivered = await run.delivered(last.answeredBelow);
  const report = soakReport({ churn: CHURN, peak, rate, recordsEach: RECORDS_EACH, minutes, delivered });
  console.log(`\n${report}`);
  const file = values.out ?? (IS_QUICK ? undefined : join(import.meta.dirname, "SOAK.md"));
  if (file !== undefined) writeFileSync(file, report);
}
