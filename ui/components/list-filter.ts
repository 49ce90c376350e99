import { parseScore } from "./parse-score.ts";

/** Whether the list is of incidents, or of every anomaly. */
export type ListView = "incidents" | "anomalies";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const spans = { "15m": 15 * MINUTE_MS, "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS } as const;

/** How far back the list looks, counted from now. */
export type Span = keyof typeof spans;

const verdicts = { unlabelled: "UNLABELLED", confirmed: "CONFIRMED", expected: "EXPECTED" } as const;

/** What people said last, as the address spells it. */
export type VerdictFilter = keyof typeof verdicts;

/** What the list is narrowed to; an empty string and 0 narrow nothing. */
export interface ListFilter {
  readonly service: string;
  readonly text: string;
  readonly traceId: string;
  readonly templateId: string;
  readonly incidentId: string;
  readonly verdict: VerdictFilter | "";
  readonly minScore: number;
  readonly span: Span | "";
  /** ISO 8601; `span` counts before it. */
  readonly from: string;
  readonly to: string;
}

/** A filter that lets everything through. */
export const noFilter: ListFilter = {
  service: "",
  text: "",
  traceId: "",
  templateId: "",
  incidentId: "",
  verdict: "",
  minScore: 0,
  span: "",
  from: "",
  to: "",
};

/** The filter that an address's query names; what it misspells narrows nothing. */
export function readFilter(query: URLSearchParams): ListFilter {
  const text = (name: string) => query.get(name) ?? "";
  const span = text("since");
  const verdict = text("verdict");
  return {
    service: text("service"),
    text: text("q"),
    traceId: text("trace"),
    templateId: text("template"),
    incidentId: text("incident"),
    verdict: isKeyOf(verdicts, verdict) ? verdict : "",
    minScore: parseScore(query.get("min")),
    span: isKeyOf(spans, span) ? span : "",
    from: readInstant(text("from")),
    to: readInstant(text("to")),
  };
}

const parameters = [
  ["service", "service"],
  ["text", "q"],
  ["traceId", "trace"],
  ["templateId", "template"],
  ["incidentId", "incident"],
  ["verdict", "verdict"],
  ["minScore", "min"],
  ["span", "since"],
  ["from", "from"],
  ["to", "to"],
] as const satisfies readonly (readonly [keyof ListFilter, string])[];

/** Parts of the filter as parameters of an address; "" for those that narrow nothing. */
export function filterQuery(changes: Partial<ListFilter>): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [field, name] of parameters) {
    const value = changes[field];
    if (value !== undefined) query[name] = value === 0 ? "" : String(value);
  }
  return query;
}

/** Which list an address's query asks for. */
export function readView(query: URLSearchParams): ListView {
  return query.get("view") === "anomalies" ? "anomalies" : "incidents";
}

/** The filter as the API takes it. */
export function toFilterInput(filter: ListFilter, nowMs: number) {
  const from = filter.span === "" ? filter.from : new Date(nowMs - spans[filter.span]).toISOString();
  return {
    service: filter.service || null,
    text: filter.text || null,
    traceId: filter.traceId || null,
    templateId: filter.templateId || null,
    incidentId: filter.incidentId || null,
    verdict: filter.verdict === "" ? null : verdicts[filter.verdict],
    minScore: filter.minScore || null,
    from: from || null,
    to: (filter.span === "" && filter.to) || null,
  };
}

/** Whether the filter keeps back anything. */
export function isNarrow(filter: ListFilter): boolean {
  return Object.values(filterQuery(filter)).some((value) => value !== "");
}

/** Whether the filter looks at more than the service, which is all that subscriptions know of it. */
export function looksDeeper(filter: ListFilter): boolean {
  return isNarrow({ ...filter, service: "" });
}

/** What of an anomaly the filter looks at. */
export interface FilteredAnomaly {
  readonly time: string;
  readonly service: string;
  readonly body: string;
  readonly template: string;
  readonly templateId: string;
  readonly score: number;
  readonly traceId: string | null;
  readonly incident: { readonly id: string } | null;
  readonly feedback: readonly unknown[];
}

/** Whether an anomaly that has just been found matches, as the API would find of it. */
export function matchesFilter(anomaly: FilteredAnomaly, filter: ListFilter): boolean {
  const timeMs = Date.parse(anomaly.time);
  const wanted = filter.text.toLowerCase();
  return [
    filter.service === "" || anomaly.service === filter.service,
    anomaly.body.toLowerCase().includes(wanted) || anomaly.template.toLowerCase().includes(wanted),
    filter.traceId === "" || anomaly.traceId === filter.traceId,
    filter.templateId === "" || anomaly.templateId === filter.templateId,
    filter.incidentId === "" || anomaly.incident?.id === filter.incidentId,
    // Nobody has said anything of it yet.
    filter.verdict === "" || (filter.verdict === "unlabelled" && anomaly.feedback.length === 0),
    anomaly.score >= filter.minScore,
    // Whatever the span, what has just been found is of now.
    filter.span !== "" || filter.from === "" || timeMs >= Date.parse(filter.from),
    filter.span !== "" || filter.to === "" || timeMs < Date.parse(filter.to),
  ].every((holds) => holds);
}

function isKeyOf<Keys extends object>(keys: Keys, text: string): text is Extract<keyof Keys, string> {
  return Object.hasOwn(keys, text);
}

function readInstant(text: string): string {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? "" : new Date(timeMs).toISOString();
}
