import type { AlertStore, ChannelWork, NewMessage } from "../../store/alert.ts";
import type { CanaryStatus, Store } from "../../store/store.ts";
import { runningStages } from "../stages.ts";
import { detectorOfAll } from "./detector-of-all.ts";
import type { HealthNotice } from "./notice.ts";

/** A recovery that is older is no news where the collapse was not told. */
const NEWS_MS_MAX = 86_400_000;

/** What a channel was told last of the detector, as it stands in the message's key. */
type Said = Pick<HealthNotice, "collapsedAtMs" | "phase">;

/**
 * What is to be told of the detector: that it does not work, that it works again, or that nobody tries any more whether it does. The key
 * is that of the collapse, so that each is told once in a channel, also by another process.
 *
 * @param canary what the stages come to; undefined where no stage has said anything of a collapse
 * @param lastKey of the channel's last such message
 */
export function healthMessage(
  canary: CanaryStatus | undefined,
  lastKey: string | undefined,
  nowMs: number,
): NewMessage | undefined {
  const notice = canary && toNotice(canary, nowMs);
  if (notice === undefined) return undefined;
  const said = lastKey === undefined ? undefined : readKey(lastKey);
  const isKnown = said?.collapsedAtMs === notice.collapsedAtMs;
  if (isKnown && said.phase === notice.phase) return undefined;
  if (!isKnown && !isNews(notice, nowMs)) return undefined;
  // What is told of one collapse a second time, after a time in which nobody tried, is no repetition of the first.
  const isAgain = isKnown && (notice.phase === "untried" || said.phase === "untried");
  return { key: keyOf(notice, isAgain ? nowMs : undefined), kind: "health", notice: JSON.stringify(notice) };
}

/** Whether it is worth a message where the collapse was not told. */
function isNews({ phase, atMs }: HealthNotice, nowMs: number): boolean {
  switch (phase) {
    case "collapsed":
      return true;
    case "recovered":
      return nowMs - atMs <= NEWS_MS_MAX;
    case "untried":
      return false;
  }
}

function toNotice(canary: CanaryStatus, nowMs: number): HealthNotice | undefined {
  const { state, collapsedAtMs, recoveredAtMs, recallRatio } = canary;
  if (collapsedAtMs === undefined) return undefined;
  const fields = { kind: "health", collapsedAtMs, recallRatio } as const;
  if (state === "collapsed") return { ...fields, phase: "collapsed", atMs: collapsedAtMs };
  if (state === "well" && recoveredAtMs !== undefined)
    return { ...fields, phase: "recovered", atMs: recoveredAtMs };
  if (state === "off" && recoveredAtMs === undefined) return { ...fields, phase: "untried", atMs: nowMs };
  return undefined;
}

/** Example: "detector-1768471200000-collapsed"; with the time of the message where it is not the first such. */
function keyOf({ collapsedAtMs, phase }: Said, atMs: number | undefined): string {
  return ["detector", collapsedAtMs, phase, ...(atMs === undefined ? [] : [atMs])].join("-");
}

function readKey(key: string): Said | undefined {
  const [, collapsedAtMs, phase] = /^detector-(\d+)-(collapsed|recovered|untried)(?:-\d+)?$/.exec(key) ?? [];
  if (phase !== "collapsed" && phase !== "recovered" && phase !== "untried") return undefined;
  return { collapsedAtMs: Number(collapsedAtMs), phase };
}

/** What planning is handed. */
export interface HealthPorts {
  readonly store: Pick<AlertStore, "saveHealthMessage"> & Pick<Store, "statuses">;
  readonly holder: string;
  readonly now: () => number;
}

/** Stores what channels tell of the detector, one message after the other. When it may be sent is seen when it is. */
export async function planHealth(
  channels: readonly Pick<ChannelWork, "name" | "healthKey">[],
  { store, holder, now }: HealthPorts,
): Promise<void> {
  const running = runningStages(await store.statuses(), now());
  for (const { name, healthKey } of channels) {
    const atMs = now();
    const canary = detectorOfAll(
      running,
      healthKey === undefined ? undefined : readKey(healthKey)?.collapsedAtMs,
    );
    const message = healthMessage(canary, healthKey, atMs);
    if (message !== undefined) await store.saveHealthMessage({ channel: name, holder, atMs, message });
  }
}
