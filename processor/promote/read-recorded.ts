import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { type RecordedEvent, type RecordedRun, recordedLine } from "./recorded-format.ts";

/** A recorded file cannot be read: which line is wrong, and what to do. */
export class RecordedFileError extends Error {
  override readonly name = "RecordedFileError";
  readonly remedy = "leave this file out, or name the format that it has by --format";
}

/**
 * The runs of one recorded file, in their order. What a crash left of a last line is passed over.
 * Throws a {@link RecordedFileError} that names the line for anything else that is no recorded line.
 */
export async function* readRecorded(file: string): AsyncGenerator<RecordedRun> {
  const templates = new Map<number, RecordedEvent["template"]>();
  for await (const { number, line } of readLines(file)) {
    if (number === 1 && !("format" in line))
      throw new RecordedFileError(`${file}:1: does not name the format logbert-recorded/1`);
    if ("template" in line) templates.set(line.template, { id: line.id, text: line.text });
    if (!("service" in line)) continue;
    const events = eventsOf(line, templates);
    if (events === undefined)
      throw new RecordedFileError(`${file}:${number}: names a template that no line defines`);
    const { service, stream, startMs, begins = false, ends = false, continues = false } = line;
    yield { service, stream, begins, ends, continues, startMs, events };
  }
}

/** Lines that follow a wrong one make it an error; as the last one it was cut off by a crash. */
async function* readLines(file: string): AsyncGenerator<{ readonly number: number; readonly line: Line }> {
  let number = 0;
  let wrong: RecordedFileError | undefined;
  const input = createReadStream(file);
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (wrong !== undefined) throw wrong;
    number += 1;
    const line = parse(text);
    if ("error" in line) wrong = new RecordedFileError(`${file}:${number}: ${line.error}`);
    else yield { number, line };
  }
}

type Line = z.infer<typeof recordedLine>;

function parse(text: string): Line | { readonly error: string } {
  try {
    const parsed = recordedLine.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : { error: z.prettifyError(parsed.error) };
  } catch {
    return { error: "is no JSON" };
  }
}

function eventsOf(
  { templates, gapsMs, severities }: Extract<Line, { service: string }>,
  defined: ReadonlyMap<number, RecordedEvent["template"]>,
): readonly RecordedEvent[] | undefined {
  const events = templates.flatMap((number, at): RecordedEvent[] => {
    const template = defined.get(number);
    return template === undefined
      ? []
      : [{ template, gapMs: gapsMs[at] ?? 0, severityNumber: severities[at] ?? 0 }];
  });
  return events.length === templates.length ? events : undefined;
}
