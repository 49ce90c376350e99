import { LRUCache } from "lru-cache";
import { type Sample, USUAL_SLOT } from "../../store/store.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { NamedAnomaly } from "../enrich/name-anomalies.ts";
import type { Explain } from "../explain/explain.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { toAnomaly } from "./to-anomaly.ts";

/** Services and templates whose last sample is remembered; who is forgotten is sampled anew. */
const SERVICES_MAX = 10_000;
const TEMPLATES_MAX = 50_000;
/** Samples that wait for the store; there is room again once it has taken them. */
const WAITING_MAX = 500;
/** A score below this is no near miss: one record in 16 has it. */
const NEAR_MISS_FROM = 0.5;

/** What the sampler is handed. */
export interface SamplerPorts {
  readonly intervalMs: number;
  readonly explain: Explain;
  readonly redact: (text: string) => string;
  /** A new ULID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Keeps some records that did not alert, in full: of each service the oddest one of each interval, whose label says the most of
 * where a threshold should lie, and a usual one of each template, renewed each interval, with which an anomaly's sequence can be
 * compared.
 */
export interface Sampler {
  /** @param request undefined for sessions that closed by falling silent */
  offer(request: ExportRequest | undefined, judged: Judged): void;
  /** What was taken since the last call. */
  drain(): readonly Sample[];
}

/** A sampler that has taken nothing yet. */
export function createSampler({ intervalMs, explain, redact, newId, now }: SamplerPorts): Sampler {
  const oddest = new LRUCache<string, { readonly interval: number; readonly score: number }>({
    max: SERVICES_MAX,
  });
  const renewed = new LRUCache<string, number>({ max: TEMPLATES_MAX });
  let waiting = new Map<string, Sample>();

  const take = (slot: string, finding: Finding, request: ExportRequest | undefined) => {
    const { recordIndex } = finding;
    const record = recordIndex === undefined ? undefined : request?.records[recordIndex];
    const named: NamedAnomaly = { id: newId(), finding, explanation: explain(finding) };
    waiting.set(slot, { slot, record: toAnomaly(named, record, redact) });
  };

  const offerOddest = (finding: Finding, interval: number, request: ExportRequest | undefined) => {
    const { service } = finding.window;
    const { score } = finding.verdict;
    const best = oddest.get(service);
    if (best?.interval === interval && best.score >= score) return;
    oddest.set(service, { interval, score });
    take(`odd ${interval} ${service}`, finding, request);
  };

  const offerUsual = (finding: Finding, interval: number, request: ExportRequest | undefined) => {
    const { window, event } = finding;
    const match = window.events[event]?.match;
    if (match === undefined) return;
    const slot = `${USUAL_SLOT}${match.templateId} ${window.service}`;
    if (renewed.get(slot) === interval) return;
    renewed.set(slot, interval);
    take(slot, finding, request);
  };

  return {
    offer(request, { findings }) {
      const interval = Math.floor(now() / intervalMs);
      for (const [index, finding] of findings.entries()) {
        if (finding.verdict.isAnomaly || waiting.size >= WAITING_MAX) continue;
        if (finding.verdict.score >= NEAR_MISS_FROM) offerOddest(finding, interval, request);
        else if (finding.window !== findings[index + 1]?.window) offerUsual(finding, interval, request);
      }
    },
    drain() {
      const samples = [...waiting.values()];
      waiting = new Map();
      return samples;
    },
  };
}
