import { LRUCache } from "lru-cache";
import type { DeploymentDelta } from "../../store/deployment.ts";
import type { Deployment, LeftOut } from "../calibrate/releases.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { createDeploymentTally } from "./deployment-tally.ts";
import type { Sampler } from "./sampler.ts";
import type { ShownTexts } from "./to-anomaly.ts";

/** Longest body that is kept of a new message; the rest is cut. */
const BODY_CHARACTERS_MAX = 1_024;
/** Messages remembered to have an example; of one that is forgotten another is taken. */
const EXAMPLES_MAX = 10_000;

/** Gathers what releases bring while their learning bands are open; bounded, and never waits. */
export interface NewMessages {
  /** @param request undefined for what has no record */
  add(request: ExportRequest | undefined, judged: Pick<Judged, "findings" | "anomalies">): void;
  /** What was gathered since the last call. */
  drain(): readonly DeploymentDelta[];
  /** Puts back what could not be written. */
  restore(deltas: readonly DeploymentDelta[]): void;
}

/**
 * @param sampler keeps a record of each new message in full, the first that it has room for; undefined: none is kept
 * @param onLeftOut told what there is no room for
 */
export function createNewMessages(
  redactor: ShownTexts,
  sampler: Pick<Sampler, "example"> | undefined,
  onLeftOut: (what: LeftOut) => void = () => undefined,
): NewMessages {
  const tally = createDeploymentTally(onLeftOut);
  /** Of which an example was taken: by service, release and template. */
  const shown = new LRUCache<string, true>({ max: EXAMPLES_MAX });
  const exampleOf = (key: string, take: () => string | undefined): string | undefined => {
    if (shown.has(key)) return undefined;
    const id = take();
    if (id !== undefined) shown.set(key, true);
    return id;
  };
  const addMessage = (
    deployment: Deployment,
    finding: Finding,
    request: ExportRequest | undefined,
    anomalyId: string | undefined,
  ) => {
    const { window, event, recordIndex, verdict } = finding;
    const subject = window.events[event];
    if (subject === undefined) return;
    const { templateId, template } = subject.match;
    const record = recordIndex === undefined ? undefined : request?.records[recordIndex];
    const isFirst = verdict.news?.isFirst === true;
    tally.message(window.service, deployment, {
      templateId,
      text: redactor.plain(template),
      severityNumber: subject.severityNumber,
      count: 1,
      firstSeenMs: subject.timeMs,
      body: isFirst && record !== undefined ? redactor.body(record.body, BODY_CHARACTERS_MAX) : "",
      exampleId: exampleOf(
        `${window.service}\0${deployment.release.key}\0${templateId}`,
        () => anomalyId ?? sampler?.example(finding, request),
      ),
    });
  };
  return {
    add(request, { findings, anomalies }) {
      if (findings.every(({ verdict }) => verdict.news === undefined)) return;
      const ids = new Map(anomalies.map(({ finding, id }) => [finding, id]));
      for (const finding of findings) {
        const { news } = finding.verdict;
        if (news === undefined) continue;
        if (news.deployment !== undefined) tally.record(finding.window.service, news.deployment);
        if (news.broughtBy !== undefined) addMessage(news.broughtBy, finding, request, ids.get(finding));
      }
    },
    drain: () => tally.drain(),
    restore: (deltas) => tally.restore(deltas),
  };
}
