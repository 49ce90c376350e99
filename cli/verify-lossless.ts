import type { Command } from "commander";
import { z } from "zod";
import { isOurAttribute } from "../processor/enrich/our-attributes.ts";
import { createRedactor } from "../processor/redact/redact.ts";
import { samplingKeys } from "../processor/thin/marks.ts";
import { createIsInShare } from "../processor/thin/share.ts";
import { findDifference } from "../processor/wire/find-difference.ts";
import { readRequest } from "../processor/wire/read-request.ts";
import type { Config } from "./config.ts";
import { parseOptions, wholeNumber } from "./lines/parse-options.ts";
import { loadConfig } from "./load-config.ts";
import { openScorer } from "./open-scorer.ts";
import { type Capture, compareCaptures } from "./verify/compare-captures.ts";
import { createFindings, type Findings } from "./verify/findings.ts";
import { captureFiles, readCapture } from "./verify/read-capture.ts";
import { createIdentities, type Identities } from "./verify/record-identity.ts";
import { createRunThrough, type RunThrough } from "./verify/run-through.ts";

const optionsSchema = z.strictObject({
  config: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  differences: wholeNumber(0, 1_000_000).default(20),
});

/** `logbert verify-lossless CAPTURE`: shows that nothing but our attributes changes. Exit code 1 when something does. */
export function registerVerifyLossless(program: Command): void {
  program
    .command("verify-lossless")
    .description(
      "Send captured requests through the stage's own code and compare what comes out with what went in, byte for byte; or, with --out, compare what two captures hold, record for record. A capture is a file, or a directory of files, as the Collector's file exporter writes it: lines of OTLP/JSON, or protobuf messages with their length before them.",
    )
    .argument("<capture>", "what went in")
    .option("--out <capture>", "what came out of a running stage: compare with it, and run nothing")
    .option("--differences <n>", "how many differences are told, the first ones (default 20)")
    .option("--config <file>", "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml)")
    .action(async (capture: string, raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const config = loadConfig({ file: options.config, environment: process.env });
      const findings = createFindings(options.differences);
      const isOurs = isOurAttribute(config.attributes.prefix, samplingKeys(config.sampling));
      const redactor = config.redact.forward ? createRedactor(config.redact) : undefined;
      const isInShare = createIsInShare(config.sampling, redactor?.plain);
      const identities = createIdentities(isOurs, redactor, isInShare);
      if (options.out === undefined) await runThrough(capture, config, { isOurs, identities, findings });
      else await compareCaptures(openCapture(capture), openCapture(options.out), identities, findings);
      process.stdout.write(report(findings));
      process.exitCode = findings.differences === 0 ? 0 : 1;
    });
}

function openCapture(path: string): Capture {
  const files = captureFiles(path);
  return async function* requests() {
    for (const file of files) yield* readCapture(file);
  };
}

/** How requests are compared, and what of. */
interface Comparison {
  readonly isOurs: (key: string) => boolean;
  readonly identities: Identities;
  readonly findings: Findings;
}

async function runThrough(path: string, config: Config, comparison: Comparison): Promise<void> {
  const capture = openCapture(path);
  const model = await openScorer(config.inference, () => undefined);
  try {
    const send = createRunThrough(config, model);
    for await (const request of capture()) {
      compare(request, await send(request), comparison);
      comparison.findings.request();
    }
  } finally {
    await model.close();
  }
}

/** Byte for byte before the request is redacted and cut, record for record after it. */
function compare(
  request: Uint8Array,
  { enriched, leftOut, sent, parts, refusal }: RunThrough,
  { isOurs, identities, findings }: Comparison,
): void {
  const where = `request ${findings.requests + 1}`;
  if (refusal !== undefined) {
    findings.differs(where, `refused: ${refusal}`);
    return;
  }
  findings.record(readRequest(request).records.length);
  findings.leftOut(leftOut.size);
  const difference = findDifference(request, enriched, isOurs, leftOut);
  if (difference !== undefined) findings.differs(`${where}, ${difference.path}`, difference.problem);
  if (parts.length < 2 && sent === enriched) return;
  const cut = parts.flatMap(identities.after);
  const kept = [...identities.before(request).entries()].filter(([index]) => !leftOut.has(index));
  for (const [at, [index, { digest }]] of kept.entries())
    if (cut[at]?.digest !== digest)
      findings.differs(`${where}, record ${index}`, "changed where the request is redacted or cut");
}

function report({ requests, records, recordsLeftOut, differences, told }: Findings): string {
  const rest = differences - told.length;
  const verdict = differences === 0 ? "nothing but our attributes changed" : `${differences} differences`;
  return [
    `${records} records in ${requests} requests: ${verdict}${recordsLeftOut > 0 ? `, ${recordsLeftOut} records left out by sampling` : ""}`,
    ...told,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    "",
  ].join("\n");
}
