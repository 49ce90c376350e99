import { createHash } from "node:crypto";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Asked } from "./config.ts";
import { PROMPT_VERSION } from "./prompt.ts";

/**
 * What an answer is kept under: anomalies of one service, template, subject (the event, the end of a session, a silence) and strongest
 * detector share one. Where values are sent the record's own text is part of it: an answer about one record's values is none about
 * another's.
 */
export function fingerprint(anomaly: StoredAnomaly, { provider, model, sendsValues }: Asked): string {
  const { service, kind, template, explanation, body } = anomaly;
  const shared = [
    PROMPT_VERSION,
    provider,
    model,
    service,
    kind,
    template,
    explanation.detectors[0]?.detector,
  ];
  const identity = JSON.stringify(sendsValues ? [...shared, body] : shared);
  return createHash("sha256").update(identity).digest("base64url");
}
