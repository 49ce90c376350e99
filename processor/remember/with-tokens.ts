import type { Anomaly } from "../../store/anomaly.ts";
import type { ExplainTokens } from "../explain/token-importance.ts";

/**
 * The anomalies with the importances of their bodies' tokens, as many as the signal leaves time for; the others, and those
 * after the first for which the encoder failed, stay as they are. Never rejects.
 * @param nearestOf the known template that an anomaly about a new message was compared with
 */
export async function withTokens(
  anomalies: readonly Anomaly[],
  explainTokens: ExplainTokens,
  nearestOf: (anomaly: Anomaly) => string | undefined,
  signal: AbortSignal,
): Promise<readonly Anomaly[]> {
  const explained: Anomaly[] = [];
  try {
    for (const anomaly of anomalies) {
      if (signal.aborted) break;
      const { template, body, explanation } = anomaly;
      const isDone = explanation.tokens.length > 0;
      const tokens = isDone
        ? explanation.tokens
        : await explainTokens({ template, body, nearest: nearestOf(anomaly) }, signal);
      explained.push({ ...anomaly, explanation: { ...explanation, tokens } });
    }
  } catch {
    // An anomaly without token importances is still an anomaly.
  }
  return [...explained, ...anomalies.slice(explained.length)];
}
