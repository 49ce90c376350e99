import { SEVERITY_NUMBERS, type ServiceName } from "./generated-record.ts";
import type { Incident } from "./incident.ts";
import type { TraceRecord } from "./trace.ts";

/** What an incident makes of the records of one request, in the order of time. Bursts and silences do not pass here. */
export function befall(records: readonly TraceRecord[], incident: Incident): readonly TraceRecord[] {
  switch (incident.kind) {
    case "new-error":
      return failAt(records, incident);
    case "wrong-order":
      return captureFirst(records, incident);
    case "missing-step":
      return skipPayment(records, incident);
    case "burst":
    case "silence":
    case "odd-value":
      return records;
  }
}

/** Errors that no service writes otherwise. */
const NEW_ERRORS: Readonly<Record<ServiceName, readonly [string, string]>> = {
  gateway: [
    "No healthy upstream in cluster checkout, circuit breaker opened",
    "Request rejected: circuit open",
  ],
  auth: ["Signature check failed: key set is empty", "Token rejected because no signing key is known"],
  checkout: [
    "Connection pool orders-db exhausted: 50 of 50 connections in use, gave up after 5000ms",
    "Transaction rolled back: could not obtain a database connection",
  ],
  payments: [
    "TLS handshake with acquirer northbank failed: certificate has expired",
    "Payment aborted: no acquirer is reachable",
  ],
  inventory: [
    "Deadlock found when trying to get lock on table stock_levels; transaction was chosen as victim",
    "Stock operation given up after 3 deadlocks",
  ],
  worker: [
    "Cannot write to /var/spool/worker: no space left on device",
    "Job moved to dead letter queue: unhandled IOError",
  ],
};

/** The service fails at its first step; the caller gets a 503, and nothing that came after happens. */
function failAt(records: readonly TraceRecord[], incident: Incident): readonly TraceRecord[] {
  const at = records.findIndex((record) => record.service === incident.service);
  const first = records[at];
  if (first === undefined) return records;
  const errors = NEW_ERRORS[incident.service].map((body, i) => ({
    ...first,
    ...asError(incident),
    timeMs: first.timeMs + 1 + i,
    body,
    attributes: {},
    step: undefined,
  }));
  const answer = records.slice(at).find(({ step }) => step === "request-finished");
  const failed = answer && {
    ...answer,
    ...asError(incident),
    timeMs: first.timeMs + 4,
    body: answer.body.replace(/status \d+/, "status 503"),
    attributes: { ...answer.attributes, "http.response.status_code": 503 },
  };
  return [...records.slice(0, at + 1), ...errors, ...(failed === undefined ? [] : [failed])];
}

function asError(incident: Incident) {
  return { severity: "ERROR", severityNumber: SEVERITY_NUMBERS.ERROR, incident: incident.id } as const;
}

function captureFirst(records: readonly TraceRecord[], incident: Incident): readonly TraceRecord[] {
  const authorised = records.findIndex(({ step }) => step === "payment-authorised");
  const captured = records.findIndex(({ step }) => step === "payment-captured");
  const [first, second] = [records[authorised], records[captured]];
  if (first === undefined || second === undefined) return records;
  return records
    .with(authorised, { ...second, timeMs: first.timeMs, incident: incident.id })
    .with(captured, { ...first, timeMs: second.timeMs, incident: incident.id });
}

function skipPayment(records: readonly TraceRecord[], incident: Incident): readonly TraceRecord[] {
  if (!records.some(({ step }) => step === "order-placed")) return records;
  return records
    .filter(
      ({ service, step }) =>
        service !== "payments" && step !== "payment-requested" && step !== "payment-confirmed",
    )
    .map((record) => (record.step === "order-placed" ? { ...record, incident: incident.id } : record));
}
