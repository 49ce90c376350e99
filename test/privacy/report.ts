import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { labelledLines } from "./labelled-lines.ts";
import { RARER_FORMS } from "./rarer-forms.ts";
import { recallOf, SECRET_KINDS, scoreRedaction } from "./score-redaction.ts";

/** Prints the table of docs/privacy.md, and how rarer forms are found, for which the rules were not made. */
const { find } = createRedactor(redactConfig.parse({}));
const score = scoreRedaction(labelledLines(), find);
const rarer = scoreRedaction(RARER_FORMS, find);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const rows = score.kinds.map(
  ({ kind, labelled, found }) => `| ${kind} | ${labelled} | ${found} | ${percent(found / labelled)} |`,
);
const falseShare = score.falseRedactions.length / score.redactions;
process.stdout.write(
  [
    "| kind | labelled | found | recall |",
    "|---|---|---|---|",
    ...rows,
    "",
    `${score.lines} lines; recall of secrets ${percent(recallOf(score, (kind) => SECRET_KINDS.has(kind)))}, of all ${percent(recallOf(score, () => true))}; ${score.redactions} redactions, ${score.falseRedactions.length} of them false (${percent(falseShare)}).`,
    ...score.missed.map(({ kind, line }) => `missed ${kind}: ${line}`),
    ...score.falseRedactions.map(({ kind, text, line }) => `false ${kind} ${JSON.stringify(text)}: ${line}`),
    `Rarer forms: ${rarer.lines} lines; recall of secrets ${percent(recallOf(rarer, () => true))}.`,
    ...rarer.missed.map(({ line }) => `missed: ${line}`),
    "",
  ].join("\n"),
);
