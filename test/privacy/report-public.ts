import { needed, publicLogs } from "../../bench/needed.ts";
import { createRandom } from "../../cli/generate/random.ts";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { redactPublicLines } from "./public-lines.ts";

/** Counts what is redacted in the public logs below LOGBERT_TEST_DATA, and prints 200 of it to be judged by eye. */
const SAMPLE = 200;
const { find } = createRedactor(redactConfig.parse({}));
const directory = process.env["LOGBERT_TEST_DATA"] ?? "../shared/data";
const { lines, redactions } = redactPublicLines(needed(publicLogs(directory, "loghub_2k")), find);
const random = createRandom(7);
const sample = redactions
  .map((one) => ({ one, order: random.next() }))
  .sort((a, b) => a.order - b.order)
  .slice(0, SAMPLE);
const counts = Map.groupBy(redactions, ({ system, kind }) => `${system} ${kind}`);
process.stdout.write(
  [
    `${lines} lines, ${redactions.length} redactions`,
    ...[...counts].map(([name, all]) => `${name}: ${all.length}`),
    ...sample.map(({ one }) => `${one.system} ${one.kind} [${one.text}] in ${one.line.slice(0, 160)}`),
    "",
  ].join("\n"),
);
