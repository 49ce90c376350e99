import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { FEEDBACK_FORMAT, type FeedbackLine, feedbackLine } from "./feedback-format.ts";
import type { RecordedRun } from "./recorded-format.ts";

/** A file of feedback cannot be read: which line is wrong, and what to do. */
export class FeedbackFileError extends Error {
  override readonly name = "FeedbackFileError";
  readonly remedy =
    "mend that line, or train without --feedback; a stage writes this file for its trainer, beginning with " +
    JSON.stringify({ format: FEEDBACK_FORMAT });
}

/** Events by service, template and time. */
export interface EventSet {
  add(service: string, templateId: string, timeMs: number): void;
  has(service: string, templateId: string, timeMs: number): boolean;
}

/** What people said of anomalies, for a training. */
export interface RecordedFeedback {
  /** Events that were true anomalies, whatever the stage took them for. */
  readonly trueAnomalies: EventSet;
  /** Windows that were to be expected, each a run of its own. */
  readonly expected: readonly RecordedRun[];
}

/** Times that were added up from gaps differ by rounding. */
const ROUNDING_MS = 1e-2;

export function createEventSet(): EventSet {
  const known = new Set<string>();
  const key = (service: string, templateId: string, timeMs: number) =>
    `${service}\0${templateId}\0${Math.floor(timeMs)}`;
  return {
    add: (service, templateId, timeMs) => void known.add(key(service, templateId, timeMs)),
    has: (service, templateId, timeMs) =>
      known.size > 0 &&
      (known.has(key(service, templateId, timeMs + ROUNDING_MS)) ||
        known.has(key(service, templateId, timeMs - ROUNDING_MS))),
  };
}

/** Reads the file that a stage wrote for a training. Rejects with a {@link FeedbackFileError} that names the wrong line. */
export async function readFeedback(file: string): Promise<RecordedFeedback> {
  const trueAnomalies = createEventSet();
  const expected: RecordedRun[] = [];
  let number = 0;
  const input = createReadStream(file);
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const line = parse(text, `${file}:${number}`);
    if (number === 1 && !("format" in line))
      throw new FeedbackFileError(`${file}:1: does not name the format ${FEEDBACK_FORMAT}`);
    if ("trueAnomaly" in line)
      trueAnomalies.add(line.service, line.trueAnomaly.templateId, line.trueAnomaly.timeMs);
    if ("expected" in line) expected.push(runOf(line, number));
  }
  return { trueAnomalies, expected };
}

function parse(text: string, place: string): FeedbackLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FeedbackFileError(`${place}: is no JSON`);
  }
  const parsed = feedbackLine.safeParse(json);
  if (!parsed.success) throw new FeedbackFileError(`${place}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function runOf(
  { service, ends, expected }: Extract<FeedbackLine, { readonly expected: unknown }>,
  number: number,
): RecordedRun {
  return {
    service,
    stream: `feedback ${number}`,
    begins: false,
    ends: ends === true,
    continues: false,
    startMs: expected[0]?.timeMs ?? 0,
    events: expected.map(({ templateId, template, timeMs, severityNumber }, at) => ({
      template: { id: templateId, text: template },
      gapMs: timeMs - (expected[at - 1]?.timeMs ?? timeMs),
      severityNumber,
    })),
  };
}
