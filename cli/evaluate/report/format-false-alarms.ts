import { type DetectorResult, FALSE_ALARMS } from "../summarise.ts";
import { figure } from "./figure.ts";
import { markdownTable } from "./markdown-table.ts";
import { viewOf } from "./view-of.ts";

/** Recall at few false alarms for a million events, and a day where the units have times. */
export function formatFalseAlarms(results: readonly DetectorResult[]): string {
  const [first] = results;
  const exposure = first === undefined ? undefined : viewOf(first).exposure;
  const header = [
    "detector",
    ...FALSE_ALARMS.map((alarms) => `${alarms} per million events`),
    ...(exposure?.days === undefined ? [] : FALSE_ALARMS.map((alarms) => `${alarms} a day`)),
  ];
  const rows = results.map((result) => {
    const { recallPerMillionEvents, recallPerDay = [] } = viewOf(result);
    return [result.detector, ...[...recallPerMillionEvents, ...recallPerDay].map(figure)];
  });
  return `${covered(exposure?.events, exposure?.days)}\n\n${markdownTable(header, rows)}`;
}

function covered(events: number | undefined, days: number | undefined): string {
  const inMillions = `The test stands for ${((events ?? 0) / 1_000_000).toPrecision(3)} million events`;
  return days === undefined
    ? `${inMillions}; it has no times.`
    : `${inMillions} in ${days.toPrecision(2)} days.`;
}
