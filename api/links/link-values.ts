import type { Anomaly } from "../../store/anomaly.ts";

/** What may stand in a link's template, in braces. */
export const LINK_PLACEHOLDERS = [
  "service",
  "traceId",
  "template",
  "templateId",
  "anomalyId",
  "from",
  "to",
  "fromMs",
  "toMs",
] as const;

/** A placeholder's name, without its braces. */
export type LinkPlaceholder = (typeof LINK_PLACEHOLDERS)[number];

/** What each placeholder stands for; undefined where an anomaly has no such thing. */
export type LinkValues = Readonly<Record<LinkPlaceholder, string | undefined>>;

/** What is shown around an anomaly: logs are looked at with what came before and after. */
const MARGIN_MS = 5 * 60_000;

/** What an anomaly is linked by. */
export type LinkedAnomaly = Pick<
  Anomaly,
  "id" | "service" | "traceId" | "template" | "templateId" | "timeMs"
> & { readonly window: readonly Pick<Anomaly["window"][number], "timeMs">[] };

/** An anomaly's values: the times reach from five minutes before the window's first event to five minutes after the record. */
export function linkValues(anomaly: LinkedAnomaly): LinkValues {
  const firstMs = Math.min(anomaly.timeMs, ...anomaly.window.map(({ timeMs }) => timeMs));
  const [fromMs, toMs] = [firstMs - MARGIN_MS, anomaly.timeMs + MARGIN_MS];
  return {
    service: anomaly.service,
    traceId: anomaly.traceId,
    template: anomaly.template,
    templateId: anomaly.templateId,
    anomalyId: anomaly.id,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    fromMs: String(fromMs),
    toMs: String(toMs),
  };
}
