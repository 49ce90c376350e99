import { redactConfig } from "../../processor/redact/config.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { FRESH_FORMS } from "./fresh-forms.ts";
import { labelledLines } from "./labelled-lines.ts";
import { LOOK_ALIKES } from "./look-alikes.ts";
import { RARER_FORMS } from "./rarer-forms.ts";
import { recallOf, SECRET_KINDS, scoreRedaction } from "./score-redaction.ts";
import { SECOND_FORMS, SECOND_LOOK_ALIKES } from "./second-forms.ts";

/** Prints the table of docs/privacy.md, and how rarer forms are found, for which the rules were not made. */
const { find } = createRedactor(redactConfig.parse({}));
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const score = scoreRedaction(labelledLines(), find);
const rarer = [
  { name: "Rarer forms", lines: RARER_FORMS },
  { name: "Fresh rarer forms", lines: FRESH_FORMS },
  { name: "Second fresh forms", lines: SECOND_FORMS },
].flatMap(({ name, lines }) => {
  const { missed } = scoreRedaction(lines, find);
  const secrets = lines.reduce((sum, { labels }) => sum + labels.length, 0);
  const recall = percent((secrets - missed.length) / secrets);
  return [
    `${name}: ${lines.length} lines; recall of ${secrets} secrets ${recall}.`,
    ...missed.map(({ line }) => `missed: ${line}`),
  ];
});
const alike = scoreRedaction([...LOOK_ALIKES, ...SECOND_LOOK_ALIKES], find);
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
    ...rarer,
    `Look-alikes: ${alike.lines} lines, ${alike.falseRedactions.length} touched.`,
    ...alike.falseRedactions.map(({ text, line }) => `false ${JSON.stringify(text)}: ${line}`),
    "",
  ].join("\n"),
);
