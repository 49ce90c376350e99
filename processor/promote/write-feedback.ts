import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Anomaly } from "../../store/anomaly.ts";
import { subjectOf } from "../../store/kind.ts";
import type { Label } from "../../store/label.ts";
import { labelPages } from "../../store/label-pages.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { claimOfLabel } from "../calibrate/expected-kinds.ts";
import { FEEDBACK_FORMAT, type FeedbackLine } from "./feedback-format.ts";

/**
 * Writes down what people said of anomalies, for a training; what of it cannot be read is left out. Rejects with the store's
 * error, or the file system's.
 * @returns whether there was anything to be written
 */
export async function writeFeedback(
  file: string,
  store: Pick<Store, "labels" | "anomaly">,
): Promise<boolean> {
  let isBegun = false;
  for await (const { labels } of labelPages(store)) {
    if (labels.length === 0) continue;
    if (!isBegun) await begin(file);
    isBegun = true;
    const lines: FeedbackLine[] = [];
    for (const label of labels) lines.push(...(await linesOf(label, store)));
    await appendFile(file, textOf(lines));
  }
  return isBegun;
}

async function begin(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, textOf([{ format: FEEDBACK_FORMAT }]));
}

async function linesOf(label: Label, store: Pick<Store, "anomaly">): Promise<readonly FeedbackLine[]> {
  const { service, templateId, timeMs, isTrueAnomaly } = label;
  // Of a silence there is no sequence to be learned or left out: nothing odd came, and nothing ended.
  if (isSilence(label)) return [];
  if (isTrueAnomaly) return [{ service, trueAnomaly: { templateId, timeMs } }];
  const anomaly = await readable(label.anomalyId, store);
  const expected = anomaly === undefined ? [] : eventsOf(anomaly);
  if (expected.length === 0) return [];
  return [subjectOf(label.kind) === "end" ? { service, ends: true, expected } : { service, expected }];
}

/** Undefined where it is gone, or cannot be read: what one row lacks is no reason not to train. */
async function readable(id: string, store: Pick<Store, "anomaly">): Promise<Anomaly | undefined> {
  try {
    return await store.anomaly(id);
  } catch (error) {
    if (error instanceof StoreError && error.code === "corrupt") return undefined;
    throw error;
  }
}

/** What an earlier version stored of a silence has the kind of an end. */
function isSilence(label: Label): boolean {
  const subject = subjectOf(label.kind);
  return subject === "silence" || (subject === "end" && claimOfLabel(label) === "rate");
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
