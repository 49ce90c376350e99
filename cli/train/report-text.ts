import type { HeldOutScore } from "../../processor/learn/held-out.ts";
import { objectionTo } from "../../processor/learn/judge-gains.ts";
import type { TrainingReport } from "../../processor/learn/training-report.ts";

/** The report of a training, as it is printed. */
export function reportText(
  report: TrainingReport,
  {
    version,
    directory,
    from,
  }: { readonly version: string; readonly directory: string; readonly from: string },
): string {
  const { before, after, questions } = report.heldOut;
  const row = (name: string, value: (score: HeldOutScore) => string) =>
    `  ${name.padEnd(31)}${value(before).padStart(8)}  ->${value(after).padStart(8)}`;
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const gain = before.loss - after.loss;
  return [
    `${version} in ${directory}, trained from ${from}`,
    `  learned from ${corpusText(report)}`,
    `  ${report.stepsTaken} of ${report.steps} steps, ${report.epochs} epochs, ${report.seconds.toFixed(1)} s`,
    `Held-out (${questions} events of the last tenth of the logs, which nothing was chosen by): before -> after`,
    row("loss, nats an event", ({ loss }) => loss.toFixed(4)),
    row("the event was the most expected", ({ top1 }) => share(top1)),
    row("among the three most expected", ({ top3 }) => share(top3)),
    report.isBetter
      ? `It beats the model that it came from, by ${gain.toFixed(4)} nats an event.`
      : `It is not shown to beat the model that it came from, so keep that one: ${objectionTo(report.heldOut)}.`,
    "",
  ].join("\n");
}

function corpusText(report: TrainingReport): string {
  const { events, eventsOffered, eventsLeftOut, templates, services, feedback } = report;
  const sampled = eventsOffered - eventsLeftOut > events ? `, a sample of ${eventsOffered}` : "";
  const leftOut =
    eventsLeftOut > 0
      ? `; ${eventsLeftOut} events of services and templates beyond the bounds were left out`
      : "";
  const people =
    feedback === undefined
      ? ""
      : `; by feedback ${feedback.eventsExpected} events were added and ${feedback.eventsLeftOut} left out`;
  return `${events} events${sampled}, ${templates} templates, ${services} services${leftOut}${people}`;
}
