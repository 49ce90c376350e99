import type { AlertStore, NewMessage } from "../../store/alert.ts";
import type { CanaryStatus, Store } from "../../store/store.ts";
import type { Channel } from "./config.ts";
import type { HealthNotice } from "./notice.ts";
import { isQuiet } from "./quiet-hours.ts";

/** A recovery that is older is no news. */
const NEWS_MS_MAX = 86_400_000;

/**
 * What is to be told of the detector: that it does not work, or that it works again. The key is that of the collapse, so that each
 * is told once in a channel, also by another process.
 *
 * @param canary what the stage says; undefined where no stage has said anything
 */
export function healthMessage(canary: CanaryStatus | undefined, nowMs: number): NewMessage | undefined {
  if (canary?.collapsedAtMs === undefined) return undefined;
  const { state, collapsedAtMs, recoveredAtMs, recallRatio = 0 } = canary;
  if (state === "collapsed")
    return toMessage({ phase: "collapsed", atMs: collapsedAtMs, collapsedAtMs, recallRatio });
  if (state !== "well" || recoveredAtMs === undefined || nowMs - recoveredAtMs > NEWS_MS_MAX)
    return undefined;
  return toMessage({ phase: "recovered", atMs: recoveredAtMs, collapsedAtMs, recallRatio });
}

function toMessage(fields: Omit<HealthNotice, "kind">): NewMessage {
  const notice: HealthNotice = { kind: "health", ...fields };
  return {
    key: `detector-${fields.collapsedAtMs}-${fields.phase}`,
    kind: "health",
    incidentId: undefined,
    notice: JSON.stringify(notice),
  };
}

/** What planning is handed. */
export interface HealthPorts {
  readonly store: Pick<AlertStore, "saveAlertPlan"> & Pick<Store, "status">;
  readonly holder: string;
  readonly now: () => number;
}

/** Stores what channels tell of the detector, in no quiet hours; it counts against no limit, because there is little of it. */
export function createHealthPlan(
  channels: readonly Channel[],
  { store, holder, now }: HealthPorts,
): () => Promise<void> {
  /** Stored in this process, by channel, so that it need not be tried again at every look. */
  const storedKeys = new Map<string, string>();
  const save = (channel: string, message: NewMessage, atMs: number) =>
    store.saveAlertPlan({
      channel,
      holder,
      atMs,
      revision: undefined,
      eventsRevision: undefined,
      alerts: [],
      messages: [message],
    });
  return async () => {
    const atMs = now();
    const message = healthMessage((await store.status())?.canary, atMs);
    if (message === undefined) return;
    for (const { name, quiet_hours } of channels) {
      if (storedKeys.get(name) === message.key || isQuiet(quiet_hours, atMs)) continue;
      if (await save(name, message, atMs)) storedKeys.set(name, message.key);
    }
  };
}
