import type { AlertStore, ChannelWork, NewMessage } from "../../store/alert.ts";
import type { CanaryStatus, Store } from "../../store/store.ts";
import type { HealthNotice } from "./notice.ts";

/** A recovery that is older is no news where the collapse was not told. */
const NEWS_MS_MAX = 86_400_000;

/**
 * What is to be told of the detector: that it does not work, or that it works again. The key is that of the collapse, so that each
 * is told once in a channel, also by another process.
 *
 * @param canary what the stage says; undefined where no stage has said anything
 * @param lastKey of the channel's last such message
 */
export function healthMessage(
  canary: CanaryStatus | undefined,
  lastKey: string | undefined,
  nowMs: number,
): NewMessage | undefined {
  const notice = canary && toNotice(canary);
  if (notice === undefined || keyOf(notice) === lastKey) return undefined;
  const isOwed = lastKey === keyOf({ ...notice, phase: "collapsed" });
  const isOld = notice.phase === "recovered" && nowMs - notice.atMs > NEWS_MS_MAX;
  if (isOld && !isOwed) return undefined;
  return { key: keyOf(notice), kind: "health", incidentId: undefined, notice: JSON.stringify(notice) };
}

function toNotice(canary: CanaryStatus): HealthNotice | undefined {
  const { state, collapsedAtMs, recoveredAtMs, recallRatio = 0 } = canary;
  if (collapsedAtMs === undefined) return undefined;
  const fields = { kind: "health", collapsedAtMs, recallRatio } as const;
  if (state === "collapsed") return { ...fields, phase: "collapsed", atMs: collapsedAtMs };
  if (state !== "well" || recoveredAtMs === undefined) return undefined;
  return { ...fields, phase: "recovered", atMs: recoveredAtMs };
}

function keyOf({ collapsedAtMs, phase }: Pick<HealthNotice, "collapsedAtMs" | "phase">): string {
  return `detector-${collapsedAtMs}-${phase}`;
}

/** What planning is handed. */
export interface HealthPorts {
  readonly store: Pick<AlertStore, "saveHealthMessage"> & Pick<Store, "status">;
  readonly holder: string;
  readonly now: () => number;
}

/** Stores what channels tell of the detector, one message after the other. When it may be sent is seen when it is. */
export async function planHealth(
  channels: readonly Pick<ChannelWork, "name" | "healthKey">[],
  { store, holder, now }: HealthPorts,
): Promise<void> {
  const canary = (await store.status())?.canary;
  for (const { name, healthKey } of channels) {
    const atMs = now();
    const message = healthMessage(canary, healthKey, atMs);
    if (message !== undefined) await store.saveHealthMessage({ channel: name, holder, atMs, message });
  }
}
