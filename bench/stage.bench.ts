import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { collector } from "../test/helpers/requirement.ts";
import { needed, publicLogs } from "./needed.ts";
import { type Load, type Rig, type Run, startRig } from "./stage/measure.ts";
import { coldPassTable, latencyTable, type Measured, processTable, singleTable } from "./stage/report.ts";
import { STREAM_NAMES, STREAMS, type StreamName } from "./stage/streams.ts";
import {
  collectorSubject,
  hasProcessors,
  logbertSubject,
  relaySubject,
  type Subject,
} from "./stage/subjects.ts";

/**
 * The whole stage against a real Collector, over gRPC, fed with the same requests of real log lines by a sender and emptied by
 * a next hop in processes of their own. Each round runs every subject from its start: a cold pass as fast as it takes the
 * records; then smaller requests, as fast as it takes them and at half of that rate in an open loop; then requests of one record. CPU time is that of the process under test with
 * its children, until what the last answer left to be done is done. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    rounds: { type: "string" },
    /** Longest cold pass. */
    seconds: { type: "string", default: "4" },
    /** Also with the cheapest detector alone: what scoring adds to the way through the stage. */
    parts: { type: "boolean", default: false },
    /** Where Node's profiles of logbert go, one for each thread; they cost time of their own. */
    profile: { type: "string" },
    stream: { type: "string", multiple: true },
    /** A part of the name of what is measured. */
    subject: { type: "string", multiple: true },
  },
});
const data = needed(publicLogs(values.data));
const ROUNDS = Number(values.rounds ?? (values.quick ? 1 : 3));
const LOAD: Load = values.quick
  ? {
      cold: { records: 400, recordsEach: 100, inFlight: 2, seconds: 60 },
      warm: { records: 200, recordsEach: 10, inFlight: 2, seconds: 60 },
      paced: { records: 200, recordsEach: 10, seconds: 1 },
      single: { records: 20, recordsEach: 1, inFlight: 2, seconds: 60 },
      quietMsMax: 0,
    }
  : {
      cold: { records: 150_000, recordsEach: 1_000, inFlight: 4, seconds: Number(values.seconds) },
      warm: { records: 100_000, recordsEach: 100, inFlight: 10, seconds: 1.5 },
      paced: { records: 100_000, recordsEach: 100, seconds: 2 },
      single: { records: 15_000, recordsEach: 1, inFlight: 64, seconds: 2 },
      quietMsMax: 15_000,
    };
/** Requests of one record, and what of logbert and of the measurement costs how much, depend little on the log: they are measured with this one. */
const REFERENCE: StreamName = "hdfs";
const WARNINGS_MAX = 10;
const DETECTING = ["drain", "isolationforest"];

const rig = await startRig();
const compared = comparedSubjects();
const references = [
  relaySubject("doors and forwarder of logbert alone"),
  relaySubject("the same, nothing joined", { join: { enabled: false } }),
  rig.nextHop,
];
try {
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}; rounds: ${ROUNDS}`,
  );
  for (const name of STREAM_NAMES)
    if (values.stream === undefined || values.stream.includes(name)) await measureStream(rig, name);
} finally {
  await rig.close();
}

async function measureStream(rig: Rig, name: StreamName): Promise<void> {
  const stream = STREAMS[name];
  const load = { ...LOAD, single: { ...LOAD.single, ...(name === REFERENCE ? {} : { records: 0 }) } };
  await rig.load(name, data, load);
  const subjects = [...compared, ...(name === REFERENCE ? references : [])].filter(
    (subject) =>
      values.subject === undefined || values.subject.some((wanted) => subject.name.includes(wanted)),
  );
  const measured = subjects.map((subject) => ({ subject: subject.name, runs: [] as Run[] }));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [i, subject] of subjects.entries()) {
      const run = await rig.run(subject, stream, load);
      measured[i]?.runs.push(run);
      console.error(
        `${name}, round ${round + 1}, ${subject.name}: ${run.cold.cpuUsPerRecord.toFixed(2)} µs, ` +
          `${run.cold.recordsPerSecond.toFixed(0)} records/s${warningsOf(run.stderr)}`,
      );
    }
  print(stream.title, load, measured, name === REFERENCE);
}

function print(title: string, load: Load, measured: readonly Measured[], isSingle: boolean): void {
  const bytes = measured[0]?.runs[0]?.bytesPerRecord.toFixed(0);
  const { cold, warm, paced, single } = load;
  console.log(
    `\n### ${title}\n\nCold, records of ${bytes} bytes, ${cold.recordsEach} a request, ${cold.inFlight} in flight, ` +
      `for ${cold.seconds} s or ${cold.records} records:\n`,
  );
  console.log(coldPassTable(measured));
  console.log(
    `Then ${warm.recordsEach} a request: as fast as they are taken, and at half of that rate in an open loop for ${paced.seconds} s, ` +
      "from due to answered, the next hop's own time included:\n",
  );
  console.log(latencyTable(measured));
  console.log(processTable(measured));
  if (!isSingle) return;
  console.log(
    `Requests of one record, ${single.inFlight} in flight, for ${single.seconds} s or ${single.records}:\n`,
  );
  console.log(singleTable(measured));
}

/** Warnings and errors of logbert's own log, each kind once, each on a line of its own. */
function warningsOf(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => /"level":(?:40|50)/.test(line));
  const kinds = new Set(lines.map((line) => line.replace(/"time":\d+,/, "")));
  return [...kinds]
    .slice(0, WARNINGS_MAX)
    .map((line) => `\n  ${line}`)
    .join("");
}

function comparedSubjects(): readonly Subject[] {
  const newTemplates = { detect: { detectors: ["new-template"] } };
  const nodeArgs = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
  const logbert = [
    logbertSubject("logbert", {}, nodeArgs),
    ...(values.parts ? [logbertSubject("logbert, new templates alone", newTemplates, nodeArgs)] : []),
  ];
  const { path, remedy } = collector();
  if (path === undefined) {
    console.error(`MISSING: the Collector, which logbert is compared with; provide it by: ${remedy}`);
    return logbert;
  }
  const plain = collectorSubject("Collector, otlp to otlp_grpc", path, []);
  if (hasProcessors(path, DETECTING))
    return [plain, collectorSubject(`Collector, ${DETECTING.join(" and ")}`, path, DETECTING), ...logbert];
  console.error(
    `MISSING: a Collector with ${DETECTING.join(" and ")}; provide it by: OTELCOL_BIN=/path/to/otelcol-contrib`,
  );
  return [plain, ...logbert];
}
