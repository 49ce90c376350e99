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
    if (subject === undefined || verdict.news?.isNew !== true) return undefined;
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
  return {
    add(request, { findings, anomalies }) {
      for (const finding of findings) {
        const { news } = finding.verdict;
        if (news === undefined) continue;
        const anomalyId = anomalies.find((one) => one.finding === finding)?.id;
        tally.record(finding.window.service, news.deployment, broughtBy(finding, request, anomalyId));
      }
    },
    drain: () => tally.drain(),
    restore: (deltas) => tally.restore(deltas),
  };
}
