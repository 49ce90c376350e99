import type { ServiceJudge } from "./calibrate/create-judge.ts";
import type { DetectConfig } from "./detect/config.ts";
import type { ReceiveConfig } from "./receive/config.ts";
import type { RedactConfig } from "./redact/config.ts";
import { createRedactor } from "./redact/redact.ts";
import type { SamplingConfig } from "./thin/config.ts";
import type { HoldingPorts } from "./thin/holding.ts";
import { createMark } from "./thin/marks.ts";
import { createThinning } from "./thin/thinning.ts";
import type { Thinner } from "./thinning-turn.ts";
import type { WindowConfig } from "./window/config.ts";

/** The slices of the configuration that thinning needs. */
export interface ThinnerConfig {
  readonly sampling: SamplingConfig;
  readonly window: Pick<WindowConfig, "max_streams">;
  readonly detect: Pick<DetectConfig, "max_records_in_work">;
  readonly redact: RedactConfig;
  readonly receive: Pick<ReceiveConfig, "max_in_flight_bytes">;
}

/** Who knows what has been learned, and who is told what thinning could not wait for. */
export interface ThinnerPorts extends Pick<HoldingPorts, "onEarly"> {
  readonly judge: Pick<ServiceJudge, "service">;
  readonly onMissed: (records: number) => void;
}

/** Undefined where nothing is to be thinned out. */
export function createThinner(
  { sampling, window, detect, redact, receive }: ThinnerConfig,
  { judge, ...ports }: ThinnerPorts,
): Thinner | undefined {
  if (!sampling.enabled) return undefined;
  // What waits must leave room at the doors and in the lane for what it waits for.
  const max_held_bytes = Math.min(sampling.max_held_bytes, Math.floor(receive.max_in_flight_bytes / 2));
  const thinning = createThinning(
    { ...sampling, max_held_bytes },
    {
      ...ports,
      heldRecordsMax: Math.floor(detect.max_records_in_work / 2),
      streamsMax: window.max_streams,
      now: () => performance.now(),
      later(ms, callback) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
  );
  return {
    thinning,
    // A redactor of its own: what it replaces here is counted where it is forwarded.
    mark: createMark(sampling, redact.forward ? createRedactor(redact).plain : undefined),
    isLearned: (service) => judge.service(service)?.state === "ready",
  };
}
