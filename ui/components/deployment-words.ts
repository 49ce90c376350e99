import { formatNoun } from "../format/count.ts";
import { visibleText } from "../format/visible-text.ts";
import type { DeploymentData } from "./deployments-query.ts";

const DAY_MS = 86_400_000;

/**
 * What a card is called.
 *
 * Example: "New in v1.4.2 (orders): 12 new messages"
 */
export function deploymentTitle(
  deployment: Pick<
    DeploymentData,
    "service" | "version" | "deployment" | "previousVersion" | "newMessageCount"
  >,
): string {
  const messages = formatNoun(deployment.newMessageCount, "new message");
  return `New in ${releaseName(deployment)} (${visibleText(deployment.service)}): ${messages}`;
}

/** The version where that is what has changed. Example: "1.4.2" gives "v1.4.2". */
function releaseName({
  version,
  deployment,
  previousVersion,
}: Pick<DeploymentData, "version" | "deployment" | "previousVersion">): string {
  if (deployment !== null && (version === null || version === previousVersion))
    return `deployment ${visibleText(deployment)}`;
  const text = visibleText(version ?? "");
  return /^\d/.test(text) ? `v${text}` : text;
}

/** Those of the last day, in the order in which they are given. */
export function shownDeployments(
  deployments: readonly DeploymentData[],
  nowMs: number,
): readonly DeploymentData[] {
  return deployments.filter(({ startedAt }) => nowMs - Date.parse(startedAt) < DAY_MS);
}
