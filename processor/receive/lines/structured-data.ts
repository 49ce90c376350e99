import type { AttributeValue } from "../../wire/record-view.ts";

/** The structured data of an RFC 5424 message, and where the message begins. */
export interface StructuredData {
  /** By SD-ID, then by parameter name; undefined for "-". */
  readonly elements: AttributeValue | undefined;
  readonly end: number;
}

const ELEMENTS_MAX = 64;
const PARAMETERS_MAX = 256;
const ELEMENT_ID = /\[([^\s=\]"]{1,32})/y;
const PARAMETER = /(?: ([^\s=\]"]{1,32})=")/y;

/**
 * Reads `-` or `[id name="value" …]…` at `start` (RFC 5424, section 6.3; in values \", \\ and \] are escaped).
 * Undefined when the text is none.
 */
export function readStructuredData(line: string, start: number): StructuredData | undefined {
  if (line[start] === "-")
    return isEnd(line, start + 1) ? { elements: undefined, end: start + 2 } : undefined;
  const elements: [string, AttributeValue][] = [];
  let at = start;
  while (line[at] === "[" && elements.length < ELEMENTS_MAX) {
    const element = readElement(line, at);
    if (element === undefined) return undefined;
    elements.push([element.id, Object.fromEntries(element.parameters)]);
    at = element.end;
  }
  return elements.length > 0 && isEnd(line, at)
    ? { elements: Object.fromEntries(elements), end: at + 1 }
    : undefined;
}

function isEnd(line: string, at: number): boolean {
  return at >= line.length || line[at] === " ";
}

function readElement(line: string, start: number) {
  const id = stickyMatch(ELEMENT_ID, line, start);
  if (id === undefined) return undefined;
  const parameters: [string, string][] = [];
  let at = id.end;
  while (line[at] !== "]") {
    const name = parameters.length < PARAMETERS_MAX ? stickyMatch(PARAMETER, line, at) : undefined;
    const value = name && readQuoted(line, name.end);
    if (value === undefined) return undefined;
    parameters.push([name?.text ?? "", value.text]);
    at = value.end;
  }
  return { id: id.text, parameters, end: at + 1 };
}

function stickyMatch(pattern: RegExp, line: string, at: number) {
  pattern.lastIndex = at;
  const match = pattern.exec(line);
  return match?.[1] === undefined ? undefined : { text: match[1], end: at + match[0].length };
}

/** Reads up to the closing quote; `start` is behind the opening one. */
function readQuoted(
  line: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  for (let at = start; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === '"')
      return { text: line.slice(start, at).replace(/\\(["\\\]])/g, "$1"), end: at + 1 };
  }
  return undefined;
}
