import { ulid } from "ulid";
import { createStages } from "../processor/create-stages.ts";
import type { Judged } from "../processor/enrich/enrich.ts";
import { createLane } from "../processor/flow/lane.ts";
import { createSinkForwarder } from "../processor/forward/sink.ts";
import { processRequest } from "../processor/pipeline.ts";
import type { ParsedLine } from "../processor/receive/lines/parsed-line.ts";
import { type LineBatch, toResources } from "../processor/receive/lines/to-resources.ts";
import { createRooms } from "../processor/rooms.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import type { Config } from "./config.ts";
import type { CommandIo } from "./lines/command-io.ts";
import type { LineSink } from "./lines/line-sink.ts";
import { openScorer } from "./open-scorer.ts";

/** What is printed of a record, one JSON object a line. */
interface ScoredLine {
  readonly line: string;
  readonly service: string;
  readonly template: string | null;
  readonly score: number | null;
  readonly threshold: number | null;
  readonly isAnomaly: boolean;
  readonly explanation: string | null;
}

/** Records judged together: enough to make one pass of the model worth its while. */
const BATCH_RECORDS_MAX = 500;
/** Nobody waits for an answer here, so a record is left unscored only when the model is broken. */
const SCORING_BUDGET_MS = 600_000;

const NOTHING: Judged = { parsed: [], findings: [], anomalies: [] };

/** The rooms without doors and without a database: scores records in this process and prints them, in their order. */
export async function openStandalone(config: Config, io: CommandIo): Promise<LineSink> {
  const { scorer, encoder, close } = await openScorer(config.inference, (reason) =>
    io.err(`The model's thread: ${reason}`),
  );
  const rooms = createRooms(
    {
      ...config,
      detect: {
        ...config.detect,
        max_model_rows: BATCH_RECORDS_MAX * 2,
        scoring_budget_ms: SCORING_BUDGET_MS,
      },
    },
    {
      scorer,
      encoder,
      now: io.clock.now,
      onSkipped: (events) => io.err(`${events} events were not scored by the model`),
      onSessionsSkipped: (sessions) => io.err(`${sessions} sessions were not compared with earlier ones`),
    },
  );
  let judged = NOTHING;
  const stages = createStages(rooms, {
    // Lines come once.
    retries: { begin: (_, make) => ({ made: make(() => true), end: () => undefined }), bytes: 0 },
    lane: createLane(Number.POSITIVE_INFINITY),
    enrich: (request) => request.bytes,
    forwarder: createSinkForwarder(),
    show: (_, found) => {
      judged = found;
    },
    scoringBudgetMs: SCORING_BUDGET_MS,
    observer: {
      scored: (_, { absent, unscored }) => {
        for (const [detector, { cause }] of absent) io.err(`${detector} did not judge: ${String(cause)}`);
        for (const [reason, { records, cause }] of unscored)
          io.err(`${records} records were not scored (${reason}): ${String(cause)}`);
      },
      failed: (what, cause) => io.err(`${what} failed: ${String(cause)}`),
    },
    now: io.clock.now,
    newId: ulid,
  });

  const score = async (service: string, lines: readonly ParsedLine[]): Promise<readonly ScoredLine[]> => {
    const bytes = encodeRequest(toResources({ service, file: undefined, lines }, io.clock.now()));
    judged = NOTHING;
    await processRequest({ bytes, transport: "grpc" }, stages, io.giveUp);
    return toScoredLines(service, lines, judged);
  };

  return {
    async send({ service, lines }: LineBatch) {
      for (let start = 0; start < lines.length; start += BATCH_RECORDS_MAX) {
        const batch = lines.slice(start, start + BATCH_RECORDS_MAX);
        const scored = new Map<ParsedLine, ScoredLine>();
        for (const [name, group] of Map.groupBy(batch, (line) => line.service ?? service)) {
          for (const [index, one] of (await score(name, group)).entries()) {
            const line = group[index];
            if (line !== undefined) scored.set(line, one);
          }
        }
        await io.out(batch.map((line) => `${JSON.stringify(scored.get(line))}\n`).join(""));
      }
    },
    async close() {
      await close();
      return 0;
    },
  };
}

function toScoredLines(
  service: string,
  lines: readonly ParsedLine[],
  { parsed, findings, anomalies }: Judged,
): readonly ScoredLine[] {
  const templates = new Map(parsed.map(({ recordIndex, match }) => [recordIndex, match.template]));
  const verdicts = new Map(findings.map(({ recordIndex, verdict }) => [recordIndex, verdict]));
  const explanations = new Map(
    anomalies.map(({ finding, explanation }) => [finding.recordIndex, explanation.summary]),
  );
  return lines.map(({ source }, index) => {
    const verdict = verdicts.get(index);
    return {
      line: source,
      service,
      template: templates.get(index) ?? null,
      score: verdict?.score ?? null,
      threshold: verdict?.threshold ?? null,
      isAnomaly: verdict?.isAnomaly ?? false,
      explanation: explanations.get(index) ?? null,
    };
  });
}
