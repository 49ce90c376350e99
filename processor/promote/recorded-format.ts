import { z } from "zod";

/**
 * The files of recorded sequences: JSON lines, each file complete in itself.
 *
 * ```
 * {"format":"logbert-recorded/1"}
 * {"template":0,"id":"5f0c…","text":"order <NUM> received"}
 * {"service":"shop","stream":"9b2e41…","begins":true,"startMs":1764057600000,"templates":[0],"gapsMs":[0],"severities":[9]}
 * {"service":"shop","stream":"9b2e41…","continues":true,"startMs":1764057601500,"templates":[0,0],"gapsMs":[1500,20],"severities":[9,9]}
 * ```
 *
 * A template line defines a number, or gives its text anew. A run line holds events of one stream in their order: those after
 * the stream's line before when it `continues`, else a run of its own, because the stream is new or something was left out
 * in between. `begins` and `ends` say that the first event is its session's first, and the last its last.
 */
export const RECORDED_FORMAT = "logbert-recorded/1";

/** Events of one stream, oldest first. The arrays are parallel. */
export interface RecordedRun {
  readonly service: string;
  /** A hash: what the stream's key was cannot be told from it. */
  readonly stream: string;
  readonly begins: boolean;
  readonly ends: boolean;
  readonly continues: boolean;
  /** Time of the first event, milliseconds since the epoch. */
  readonly startMs: number;
  readonly events: readonly RecordedEvent[];
}

/** One event as it is recorded, without its parameters; the template's text is redacted where it is written. */
export interface RecordedEvent {
  readonly template: { readonly id: string; readonly text: string };
  /** Time since the stream's event before, in milliseconds; below 0 for one whose own time is earlier. */
  readonly gapMs: number;
  /** OTLP severity number, 0 to 24. */
  readonly severityNumber: number;
}

const header = z.strictObject({ format: z.literal(RECORDED_FORMAT) });
/** The first line of each file, with its line break. */
export const RECORDED_HEADER = line({ format: RECORDED_FORMAT } satisfies z.infer<typeof header>);
const templateLine = z.strictObject({ template: z.int().min(0), id: z.string(), text: z.string() });
const runLine = z
  .strictObject({
    service: z.string(),
    stream: z.string(),
    begins: z.literal(true).optional(),
    ends: z.literal(true).optional(),
    continues: z.literal(true).optional(),
    startMs: z.number(),
    templates: z.array(z.int().min(0)),
    gapsMs: z.array(z.number()),
    severities: z.array(z.int().min(0).max(24)),
  })
  .refine(
    ({ templates, gapsMs, severities }) =>
      templates.length === gapsMs.length && templates.length === severities.length,
    "templates, gapsMs and severities differ in length",
  );

/** A line of a recorded file. */
export const recordedLine = z.union([runLine, templateLine, header]);

/** Writes the lines of one file: each template is defined where it is first used. */
export interface RecordedLines {
  /** The lines of a run, each with its line break; those that define templates come first. */
  of(run: RecordedRun): string;
}

/**
 * The lines of a new file, and the line that it begins with.
 * @param redact applied to each template's text where it is defined
 */
export function createRecordedLines(
  redact: (text: string) => string,
): RecordedLines & { readonly header: string } {
  const numbers = new Map<string, { readonly number: number; text: string }>();
  let defined = "";
  const numberOf = ({ id, text }: RecordedEvent["template"]) => {
    const known = numbers.get(id);
    const number = known?.number ?? numbers.size;
    if (known?.text !== text) {
      numbers.set(id, { number, text });
      defined += line({ template: number, id, text: redact(text) });
    }
    return number;
  };
  return {
    header: RECORDED_HEADER,
    of({ service, stream, begins, ends, continues, startMs, events }) {
      defined = "";
      const run: z.infer<typeof runLine> = {
        service,
        stream,
        ...(begins ? { begins } : {}),
        ...(ends ? { ends } : {}),
        ...(continues ? { continues } : {}),
        startMs,
        templates: events.map(({ template }) => numberOf(template)),
        gapsMs: events.map(({ gapMs }) => gapMs),
        severities: events.map(({ severityNumber }) => severityNumber),
      };
      return defined + line(run);
    },
  };
}

/** Readers of lines may take Unicode's separators for their ends; JSON leaves them as they are. */
function line(value: object): string {
  const json = JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `${json}\n`;
}
