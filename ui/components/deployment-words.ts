import { formatNoun } from "../format/count.ts";
import { visibleText } from "../format/visible-text.ts";
import type { DeploymentData } from "./deployments-query.ts";

const DAY_MS = 86_400_000;
/** Cards that are shown at once. */
const SHOWN_MAX = 3;

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

/** Those of the last day that have brought something, the newest first; they are given in this order. */
export function shownDeployments(
  deployments: readonly DeploymentData[],
  nowMs: number,
): readonly DeploymentData[] {
  return deployments
    .filter((one) => one.newMessageCount > 0 && nowMs - Date.parse(one.startedAt) < DAY_MS)
    .slice(0, SHOWN_MAX);
}
