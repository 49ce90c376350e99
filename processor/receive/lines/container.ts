import { parseObject } from "./json-value.ts";
import { findTimestamp } from "./timestamp.ts";

/** What a container runtime wraps around a piece of a line. */
export interface ContainerEntry {
  readonly timeUnixNano: bigint | undefined;
  /** stdout or stderr. */
  readonly stream: string;
  readonly text: string;
  /** The line goes on in the next entry of the same stream. */
  readonly isPartial: boolean;
}

/** `2016-10-06T00:17:09.669794202Z stdout F text`: containerd and CRI-O (Kubernetes CRI logging, tags P and F). */
const CRI =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([PF])(?::\S{0,32})?(?: |$)/;

/** An entry of the CRI format, or undefined. */
export function parseCri(line: string): ContainerEntry | undefined {
  const match = CRI.exec(line);
  if (match === null) return undefined;
  const [header, time = "", stream = "", tag] = match;
  return {
    timeUnixNano: findTimestamp(time, 0),
    stream,
    text: line.slice(header.length),
    isPartial: tag === "P",
  };
}

/** An entry of Docker's json-file driver, `{"log":"text\n","stream":"stdout","time":"…"}`, or undefined. */
export function parseDocker(line: string): ContainerEntry | undefined {
  const object = parseObject(line);
  if (object === undefined) return undefined;
  const { log, stream, time } = object;
  if (typeof log !== "string" || typeof stream !== "string" || typeof time !== "string") return undefined;
  const isPartial = !log.endsWith("\n");
  return { timeUnixNano: findTimestamp(time, 0), stream, text: log.replace(/\r?\n$/, ""), isPartial };
}
