/** The services of the made-up shop. */
export const SERVICES = ["gateway", "auth", "checkout", "payments", "inventory", "worker"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Severity texts with their OTLP severity numbers (logs data model, "Severity Fields"). */
export const SEVERITY_NUMBERS = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 } as const;
export type Severity = keyof typeof SEVERITY_NUMBERS;

/** What every service runs from the beginning, as `service.version`. */
export const FIRST_VERSION = "1.4.1";

/** One record of the stream. */
export interface GeneratedRecord {
  /** Milliseconds since the epoch, to the microsecond. */
  readonly timeMs: number;
  readonly service: ServiceName;
  /** `service.instance.id`, such as "payments-0". */
  readonly instance: string;
  /** `service.version`, such as "1.4.1". */
  readonly version: string;
  /** Name of the logger (instrumentation scope), such as "payments.card". */
  readonly logger: string;
  readonly severity: Severity;
  readonly severityNumber: number;
  readonly body: string;
  /** 32 hex digits; undefined for background work. */
  readonly traceId: string | undefined;
  /** 16 hex digits; undefined for background work. */
  readonly spanId: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Id of the incident that made this record odd; undefined for a normal one. Never sent over OTLP. */
  readonly incident: string | undefined;
}
