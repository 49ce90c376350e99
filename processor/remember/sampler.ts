import { LRUCache } from "lru-cache";
import { type Sample, USUAL_SLOT } from "../../store/anomaly.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { NamedAnomaly } from "../enrich/name-anomalies.ts";
import type { Explain } from "../explain/explain.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { type ShownTexts, toAnomaly } from "./to-anomaly.ts";

/** Services and templates whose last sample is remembered; who is forgotten is sampled anew. */
const SERVICES_MAX = 10_000;
const TEMPLATES_MAX = 50_000;
/** Samples that wait for the store: to explain and redact one takes up to a millisecond of the thread that serves requests. */
const WAITING_MAX = 20;
/** A score below this is no near miss: one record in 16 has it. */
const NEAR_MISS_FROM = 0.5;
/** Intervals after which the usual sample of a template is renewed, at the latest; half of them at the earliest: who labels it should
 * find it again. */
const USUAL_INTERVALS = 24;

/** What the sampler is handed. */
export interface SamplerPorts {
  readonly intervalMs: number;
  readonly explain: Explain;
  readonly redactor: ShownTexts;
  /** A new ULID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Keeps some records that did not alert, in full: of each service the oddest one of each interval, whose label says the most of
 * where a threshold should lie, and a usual one of each template, renewed each 12 to 24 intervals, with which an anomaly's sequence can be
 * compared. Intervals of services and templates begin at different times, so that they are not all due at once.
 */
export interface Sampler {
  /** @param request undefined for sessions that closed by falling silent */
  offer(request: ExportRequest | undefined, judged: Judged): void;
  /** Keeps a record beside those, as an example. @returns its id; undefined when too many wait already */
  example(finding: Finding, request: ExportRequest | undefined): string | undefined;
  /** What was taken since the last call. */
  drain(): readonly Sample[];
  /** Puts back what could not be written, where nothing newer has its place. */
  restore(samples: readonly Sample[]): void;
}

interface Oddest {
  readonly shiftMs: number;
  interval: number;
  score: number;
}

/** A sampler that has taken nothing yet. */
export function createSampler({ intervalMs, explain, redactor, newId, now }: SamplerPorts): Sampler {
  const oddest = new LRUCache<string, Oddest>({ max: SERVICES_MAX });
  /** When the usual sample of a slot is due again. */
  const due = new LRUCache<string, number>({ max: TEMPLATES_MAX });
  let waiting = new Map<string, Sample>();

  const take = (slot: string, finding: Finding, request: ExportRequest | undefined, id: string = newId()) => {
    const { recordIndex } = finding;
    const record = recordIndex === undefined ? undefined : request?.records[recordIndex];
    const named: NamedAnomaly = { id, finding, explanation: explain(finding) };
    waiting.set(slot, { slot, record: toAnomaly(named, record, redactor) });
  };

  const offerOddest = (finding: Finding, nowMs: number, request: ExportRequest | undefined) => {
    const { service } = finding.window;
    const { score } = finding.verdict;
    let best = oddest.get(service);
    if (best === undefined) {
      best = { shiftMs: shareOf(service) * intervalMs, interval: -1, score: 0 };
      oddest.set(service, best);
    }
    const interval = Math.floor((nowMs + best.shiftMs) / intervalMs);
    if (best.interval === interval && best.score >= score) return;
    best.interval = interval;
    best.score = score;
    take(`odd ${interval} ${service}`, finding, request);
  };

  const offerUsual = (finding: Finding, nowMs: number, request: ExportRequest | undefined) => {
    const { window, event } = finding;
    const match = window.events[event]?.match;
    if (match === undefined) return;
    const slot = `${USUAL_SLOT}${match.templateId} ${window.service}`;
    if ((due.get(slot) ?? 0) > nowMs) return;
    due.set(slot, nowMs + (0.5 + shareOf(slot) / 2) * USUAL_INTERVALS * intervalMs);
    take(slot, finding, request);
  };

  return {
    offer(request, { findings }) {
      const nowMs = now();
      for (const [index, finding] of findings.entries()) {
        if (waiting.size >= WAITING_MAX) return;
        if (finding.verdict.isAnomaly) continue;
        if (finding.verdict.score >= NEAR_MISS_FROM) offerOddest(finding, nowMs, request);
        else if (finding.window !== findings[index + 1]?.window) offerUsual(finding, nowMs, request);
      }
    },
    example(finding, request) {
      if (waiting.size >= WAITING_MAX) return undefined;
      const id = newId();
      take(`example ${id}`, finding, request, id);
      return id;
    },
    drain() {
      const samples = [...waiting.values()];
      waiting = new Map();
      return samples;
    },
    restore(samples) {
      waiting = new Map([...samples.map((sample) => [sample.slot, sample] as const), ...waiting]);
    },
  };
}

/** Spreads texts evenly over 0 to 1, each always to the same place (FNV-1a, datatracker.ietf.org/doc/draft-eastlake-fnv). */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
