import { figure, percent } from "../report/figure.ts";
import { markdownTable } from "../report/markdown-table.ts";
import { ALPHAS, type DetectorResult, HEADLINE_ALPHA } from "../summarise.ts";
import { type ColdStartResult, DAY_UNITS, LEARNING_EVENTS } from "./evaluate-cold-start.ts";

const HEADLINE = ALPHAS.indexOf(HEADLINE_ALPHA);

/** The cold start of every detector beside its trained self, as markdown. */
export function formatColdStart(dataset: string, result: ColdStartResult): string {
  const { cold, trained, learningUnits, judgedUnits } = result;
  const header = [
    "detector",
    ...["recall at 5 a day, cold", "trained", "AUPRC, cold", "trained"],
    ...["F1 calibrated, cold", "trained", "realised, cold", "trained"],
  ];
  const rows = cold.map((one, i) => {
    const [a, b] = [figuresOf(one), figuresOf(trained[i])];
    return [one.detector, ...a.flatMap((value, column) => [value, b[column] ?? ""])];
  });
  return [
    `## ${dataset}: cold start\n`,
    `Learns from the first ${LEARNING_EVENTS} events (${learningUnits} units), unlabelled, and judges the other ${judgedUnits} units. A day is ${DAY_UNITS} units, so 5 false alarms a day are ${percent(HEADLINE_ALPHA)} of them; recall is at the threshold that gives just that (oracle), F1 at the calibrated one.\n`,
    markdownTable(header, rows),
  ].join("\n");
}

function figuresOf(result: DetectorResult | undefined): readonly string[] {
  const [all] = result?.views ?? [];
  const headline = all?.calibrated[HEADLINE];
  if (all === undefined || headline === undefined) return [];
  return [
    figure(all.recallAtBudget),
    figure(all.auprc),
    figure(headline.f1),
    percent(headline.falsePositiveRate.mean),
  ];
}
