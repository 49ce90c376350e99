import type { Judged } from "../../enrich/enrich.ts";
import type { ForwardOutcome } from "../../forward/forward-outcome.ts";

/** What became of records that somebody wanted scores of. */
export type ScoreOutcome = { readonly kind: "scored"; readonly judged: Judged } | ForwardOutcome;

/** Judges one serialised ExportLogsServiceRequest (protobuf), and learns from it. */
export type Score = (bytes: Uint8Array, signal: AbortSignal) => Promise<ScoreOutcome>;
