import type { SamplingConfig } from "../../processor/thin/config.ts";
import type { RequestToThin } from "../../processor/thin/held-request.ts";
import type { ThinningFinding, Told } from "../../processor/thin/opinions.ts";
import type { Standing } from "../../processor/thin/stream-context.ts";
import { SETTLING_MS } from "../../processor/thin/stream-table.ts";
import { createThinning } from "../../processor/thin/thinning.ts";

/** What thinning makes of a log whose sender has so many requests on their way. */
export interface ThinnedLog {
  request(request: RequestToThin, told: Told): void;
  fellSilent(findings: readonly ThinningFinding[]): void;
  /** What each record is, in the order of the log. */
  finish(): Promise<readonly Standing[]>;
  /** Records that turned out to be context after they had been given to the share. */
  readonly missed: () => number;
}

/**
 * The product's thinning, with another clock: a request waits until so many later ones have come that its sender sends no more
 * before it is answered. What is measured then does not depend on the machine.
 *
 * @param inFlight requests that the sender has on their way; Infinity: every record is decided by all of its stream
 */
export function thinLog(config: SamplingConfig, inFlight: number): ThinnedLog {
  const waiting = new Set<() => void>();
  const standings: Promise<readonly Standing[]>[] = [];
  let missed = 0;
  let nowMs = 0;
  const thinning = createThinning(config, {
    heldRecordsMax: Number.POSITIVE_INFINITY,
    streamsMax: 1_000_000,
    now: () => nowMs,
    later(_, callback) {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
    onEarly: () => undefined,
    onMissed: (records) => {
      missed += records;
    },
  });
  nowMs = SETTLING_MS;
  return {
    request(request, told) {
      const place = thinning.enter(request);
      standings.push(place.judged(told));
      place.leave();
      const [oldest] = waiting;
      if (waiting.size >= inFlight) oldest?.();
    },
    fellSilent: (findings) => thinning.fellSilent(findings),
    async finish() {
      thinning.stop();
      return (await Promise.all(standings)).flat();
    },
    missed: () => missed,
  };
}
