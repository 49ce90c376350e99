import type { CorpusBuilder } from "../../processor/learn/corpus-builder.ts";
import { TrainingError } from "../../processor/learn/training-error.ts";
import { serviceOfFile } from "../lines/service-of-file.ts";
import { createLineSplitter } from "../lines/split-lines.ts";
import { readBytes } from "./read-bytes.ts";

/** Sessions of event ids, one a line. */
export interface EventIdInput {
  readonly files: readonly string[];
  /** File of the ids' templates. */
  readonly templates: string;
  readonly service: string | undefined;
}

/** "5 5 22", or "its name,5 5 22". */
const SESSION = /^(?:[^,]*,)?\s*(\d+(?:\s+\d+)*)\s*$/;
/** "5,text" or "E5,text", the text in quotes where it holds some. */
const NUMBERED = /^E?(\d+),(.*)$/;

/**
 * Reads sessions of event ids into a corpus, in the order of the lines. Their begins and ends are known; severity and time
 * are not. Throws a TrainingError that names the file and the line.
 */
export async function readEventIds(
  { files, templates, service }: EventIdInput,
  builder: CorpusBuilder,
): Promise<void> {
  const texts = await readTemplates(templates);
  for (const file of files) {
    const name = service ?? serviceOfFile(file.replace(/\.gz$/, ""));
    for await (const [line, number] of readLines(file)) {
      const ids = SESSION.exec(line)?.[1]?.split(/\s+/);
      if (line.trim() === "") continue;
      if (ids === undefined) throw wrongLine(file, number, "is no sequence of event ids, such as 5 5 22");
      const known = ids.flatMap((id) => {
        const text = texts.get(id);
        if (text === undefined)
          throw wrongLine(file, number, `has the event id ${id}, which ${templates} does not have`);
        return builder.templateOf(name, id, text) ?? [];
      });
      builder.add(
        name,
        {
          templates: Uint16Array.from(known),
          severities: new Uint8Array(known.length),
          gaps: new Float32Array(known.length),
          parameters: undefined,
          begins: true,
          ends: true,
        },
        0,
      );
    }
  }
}

/**
 * Templates by their ids: lines "id,template" below a header, or one template a line, whose number is the id.
 * Example: "E5,[*]Receiving block[*]" has the id 5 and the text "<*>Receiving block<*>".
 */
async function readTemplates(file: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let isNumbered = false;
  for await (const [line, number] of readLines(file)) {
    if (number === 1 && /^(?:event)?id,/i.test(line)) {
      isNumbered = true;
      continue;
    }
    if (line.trim() === "") continue;
    const [, id = String(number), text = line] = (isNumbered && NUMBERED.exec(line)) || [];
    if (isNumbered && text === line) throw wrongLine(file, number, "is no line of the form id,template");
    texts.set(id, unquoted(text).replaceAll("[*]", "<*>"));
  }
  if (texts.size === 0)
    throw new TrainingError(`${file} holds no template`, "name another file by --templates");
  return texts;
}

function unquoted(field: string): string {
  return /^".*"$/.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field;
}

async function* readLines(file: string): AsyncGenerator<readonly [line: string, number: number]> {
  const splitter = createLineSplitter();
  let number = 0;
  for await (const chunk of readBytes(file))
    for (const line of splitter.push(chunk)) yield [line, ++number] as const;
  for (const line of splitter.flush()) yield [line, ++number] as const;
}

function wrongLine(file: string, line: number, what: string): TrainingError {
  return new TrainingError(`${file}: line ${line} ${what}`, "mend the file, or name another --format");
}
