import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { LABELS_MAX, type Label } from "../../store/label.ts";
import type { Anomaly, Store } from "../../store/store.ts";
import { claimOfLabel } from "../calibrate/expected-kinds.ts";
import { FEEDBACK_FORMAT, type FeedbackLine } from "./feedback-format.ts";

/** Anomalies whose windows are read and written at a time. */
const PART = 100;

/**
 * Writes down what people said of anomalies, for a training. Rejects with the store's error, or the file system's.
 * @returns whether there was anything to be written
 */
export async function writeFeedback(
  file: string,
  store: Pick<Store, "labels" | "anomaly">,
): Promise<boolean> {
  const labels = await store.labels(LABELS_MAX);
  if (labels.length === 0) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, textOf([{ format: FEEDBACK_FORMAT }]));
  for (let from = 0; from < labels.length; from += PART) {
    const lines: FeedbackLine[] = [];
    for (const label of labels.slice(from, from + PART)) lines.push(...(await linesOf(label, store)));
    await appendFile(file, textOf(lines));
  }
  return true;
}

async function linesOf(label: Label, store: Pick<Store, "anomaly">): Promise<readonly FeedbackLine[]> {
  const { service, templateId, timeMs, isTrueAnomaly, isEnd } = label;
  if (isTrueAnomaly) return [{ service, trueAnomaly: { templateId, timeMs } }];
  // Of a silence there is no sequence to be learned: nothing ended.
  if (isEnd && claimOfLabel(label) === "rate") return [];
  const anomaly = await store.anomaly(label.anomalyId);
  const expected = anomaly === undefined ? [] : eventsOf(anomaly);
  if (expected.length === 0) return [];
  return [isEnd ? { service, ends: true, expected } : { service, expected }];
}

/** None where the window was stored by a version that did not tell its templates' ids. */
function eventsOf({ window }: Anomaly) {
  const events = window.flatMap(({ templateId, template, timeMs, severityNumber }) =>
    templateId === undefined ? [] : [{ templateId, template, timeMs, severityNumber }],
  );
  return events.length === window.length ? events : [];
}

function textOf(lines: readonly FeedbackLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
