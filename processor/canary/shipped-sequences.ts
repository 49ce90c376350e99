import type { LogEvent } from "../window/sequence-window.ts";
import type { CanarySequence } from "./canary.ts";

/** Of no real service, so that nothing is known of it. */
export const SHIPPED_SERVICE = "logbert canary";
const GAP_MS = 100;
/** OTLP's INFO. */
const SEVERITY_NUMBER = 9;
/** How often a flow has come before the sequence is judged: often enough that its order shows. */
const ROUNDS = [3, 4] as const;

/** Flows that nearly every service has in some form. */
const FLOWS: readonly (readonly string[])[] = [
  ["request received", "query sent to the database", "response sent with status <NUM>"],
  ["order <ID> received", "card charged for order <ID>", "order <ID> shipped"],
  ["job <*> started", "writing <NUM> rows", "job <*> finished in <NUM> ms"],
  ["connection opened from <IP>", "handshake completed", "session closed after <NUM> bytes"],
  ["cache miss for key <*>", "value loaded from disk", "value stored in the cache"],
];

/** Normal sequences for as long as no service has shown its own: each a flow that comes again and again, up to one of its steps. */
export const SHIPPED_SEQUENCES: readonly CanarySequence[] = ROUNDS.flatMap((rounds) =>
  FLOWS.flatMap((flow) => flow.map((_, step) => repeated(flow, rounds * flow.length + step))),
);

function repeated(flow: readonly string[], length: number): CanarySequence {
  const events = Array.from({ length }, (_, at): LogEvent => {
    const template = flow[at % flow.length] ?? "";
    return {
      match: { templateId: template, template, parameters: [], isNew: false },
      timeMs: at * GAP_MS,
      gapMs: at === 0 ? 0 : GAP_MS,
      severityNumber: SEVERITY_NUMBER,
    };
  });
  return { service: SHIPPED_SERVICE, isStart: true, events };
}
