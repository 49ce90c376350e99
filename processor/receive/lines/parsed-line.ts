import type { AttributeValue } from "../../wire/record-view.ts";

/** The text formats that can be named; "auto" looks at the first lines. */
export const LINE_FORMATS = ["auto", "plain", "json", "syslog", "cri", "docker"] as const;
export type LineFormat = (typeof LINE_FORMATS)[number];
export type KnownFormat = Exclude<LineFormat, "auto">;

/** One record read from text. */
export interface ParsedLine {
  /** The text as it stood in the source; several lines are joined by "\n". */
  readonly source: string;
  /** Nanoseconds since the epoch; a time without a zone is taken as UTC. */
  readonly timeUnixNano: bigint | undefined;
  /** OTLP severity number, 0 when the text has no level. */
  readonly severityNumber: number;
  /** The level as it was written, "" without one. */
  readonly severityText: string;
  /**
   * Plain text: the whole text, unchanged. Where the format has an envelope (syslog, container, JSON with a message),
   * what is inside it.
   */
  readonly body: string;
  /** The service that the text names. */
  readonly service: string | undefined;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** 32 lower-case hex digits. */
  readonly traceId: string | undefined;
  /** 16 lower-case hex digits. */
  readonly spanId: string | undefined;
}
