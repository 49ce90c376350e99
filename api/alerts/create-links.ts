import { toToken } from "./link-token.ts";
import type { Links } from "./links.ts";
import { VERDICT_PATH } from "./verdict-path.ts";

/** What links are made of. */
export interface LinkSettings {
  /** Without a "/" at its end; "" for no links. */
  readonly publicUrl: string;
  /** Undefined: no links to say something by. */
  readonly secret: string | undefined;
  readonly now: () => number;
}

/** The links of one channel's messages. */
export function createLinks({ publicUrl, secret, now }: LinkSettings, channel: string): Links {
  if (publicUrl === "") return { page: () => undefined, verdict: () => undefined };
  return {
    page: (anomalyId) => `${publicUrl}/anomalies/${encodeURIComponent(anomalyId)}`,
    verdict: (incidentId, isTrueAnomaly) =>
      secret === undefined
        ? undefined
        : `${publicUrl}${VERDICT_PATH}${toToken(secret, { incidentId, isTrueAnomaly, channel }, now())}`,
  };
}
