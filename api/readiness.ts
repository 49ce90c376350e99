import type { StageStatus } from "../store/store.ts";
import { isHeard } from "./stages.ts";

/** What /readyz answers. */
export interface Readiness {
  readonly isReady: boolean;
  /** One line, for people. */
  readonly text: string;
}

const CUT_OFF = "the next hop cannot be reached";
const UNFED = "the brokers of receive.kafka cannot be read from";
const COLLAPSED = "the detector does not find what it should";

/**
 * Ready is what can take records and forward them: the stage has written its heartbeat lately, and its next hop can be connected
 * to, and so can Kafka where it reads from it; one that is there and says *wait* is no reason to send elsewhere. A detector that does not work is told,
 * and fails no probe unless it shall: logs must go on. Never one that was found out in an earlier run: a stage that is not ready may get no
 * records to show that it works again.
 *
 * @param status of the stage that the probe is of; undefined: there is none, or the database does not answer
 * @param startedAtMs a heartbeat from before is another run's
 */
export function readinessOf(
  status: StageStatus | undefined,
  startedAtMs: number,
  nowMs: number,
  failOnCollapse: boolean,
): Readiness {
  const isAlive = status !== undefined && status.updatedAtMs >= startedAtMs && isHeard(status, nowMs);
  if (!isAlive) return { isReady: false, text: "not ready" };
  if (status.isForwardReachable === false) return { isReady: false, text: `not ready; ${CUT_OFF}` };
  if (status.isKafkaReachable === false) return { isReady: false, text: `not ready; ${UNFED}` };
  if (status.canary?.state !== "collapsed") return { isReady: true, text: "ready" };
  const isReady = !failOnCollapse || status.canary.checkedAtMs === undefined;
  return { isReady, text: `${isReady ? "ready" : "not ready"}; ${COLLAPSED}` };
}
