import type { DeploymentDelta, NewTemplateDelta } from "../../store/deployment.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { createDeploymentTally } from "./deployment-tally.ts";
import type { Sampler } from "./sampler.ts";
import type { ShownTexts } from "./to-anomaly.ts";

/** Longest body that is kept of a new message; the rest is cut. */
const BODY_CHARACTERS_MAX = 1_024;

/** Gathers what releases bring while their learning bands are open; bounded, and never waits. */
export interface NewMessages {
  /** @param request undefined for what has no record */
  add(request: ExportRequest | undefined, judged: Pick<Judged, "findings" | "anomalies">): void;
  /** What was gathered since the last call. */
  drain(): readonly DeploymentDelta[];
  /** Puts back what could not be written. */
  restore(deltas: readonly DeploymentDelta[]): void;
}

/** @param sampler keeps the first record of each new message in full; undefined: it is not kept */
export function createNewMessages(
  redactor: ShownTexts,
  sampler: Pick<Sampler, "example"> | undefined,
): NewMessages {
  const tally = createDeploymentTally();
  const broughtBy = (finding: Finding, request: ExportRequest | undefined, anomalyId: string | undefined) => {
    const { window, event, recordIndex, verdict } = finding;
    const subject = window.events[event];
    if (subject === undefined || verdict.news?.broughtBy === undefined) return undefined;
    const record = recordIndex === undefined ? undefined : request?.records[recordIndex];
    const { isFirst } = verdict.news;
    return {
      templateId: subject.match.templateId,
      text: redactor.plain(subject.match.template),
      severityNumber: subject.severityNumber,
      count: 1,
      firstSeenMs: subject.timeMs,
      body: isFirst && record !== undefined ? redactor.body(record.body, BODY_CHARACTERS_MAX) : "",
      exampleId: anomalyId ?? (isFirst ? sampler?.example(finding, request) : undefined),
    } satisfies NewTemplateDelta;
  };
  const addOne = (finding: Finding, request: ExportRequest | undefined, anomalyId: string | undefined) => {
    const { news } = finding.verdict;
    if (news === undefined) return;
    const { service } = finding.window;
    tally.record(service, news.deployment);
    const brought = broughtBy(finding, request, anomalyId);
    if (news.broughtBy !== undefined && brought !== undefined)
      tally.message(service, news.broughtBy, brought);
  };
  return {
    add(request, { findings, anomalies }) {
      const news = findings.filter(({ verdict }) => verdict.news !== undefined);
      if (news.length === 0) return;
      const ids = new Map(anomalies.map(({ finding, id }) => [finding, id]));
      for (const finding of news) addOne(finding, request, ids.get(finding));
    },
    drain: () => tally.drain(),
    restore: (deltas) => tally.restore(deltas),
  };
}
