import type { Anomaly, AnomalyCursor } from "../../store/anomaly.ts";
import type { Store } from "../../store/store.ts";
import type { Incident } from "../generate/incident.ts";

const POLL_INTERVAL_MS = 250;
const ANOMALIES_PER_POLL = 200;
/** Flows that an incident touched may end a little later than it. */
const AFTERMATH_MS = 5_000;

/** Compares what was played with what was flagged. */
export interface IncidentWatcher {
  /** An incident that is played. */
  readonly expect: (incident: Incident) => void;
  stop(): Promise<void>;
}

/** @param onFlagged told of the first anomaly in the service and time of each incident */
export function watchIncidents(
  store: Store,
  onFlagged: (incident: Incident, anomaly: Anomaly) => void,
): IncidentWatcher {
  const open = new Set<Incident>();
  let cursor: AnomalyCursor = { revision: 0, id: undefined };
  let running: Promise<void> | undefined;

  const poll = async () => {
    const { anomalies, next } = await store.anomaliesSince(cursor, ANOMALIES_PER_POLL);
    cursor = next;
    for (const anomaly of anomalies) {
      const incident = [...open].find((one) => isPartOf(anomaly, one));
      if (incident === undefined) continue;
      open.delete(incident);
      onFlagged(incident, anomaly);
    }
  };
  const timer = setInterval(() => {
    // A database that is busy now is asked again.
    running ??= poll()
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
  }, POLL_INTERVAL_MS);

  return {
    expect: (incident) => open.add(incident),
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

function isPartOf(anomaly: Anomaly, { service, fromMs, toMs }: Incident): boolean {
  return anomaly.service === service && anomaly.timeMs >= fromMs && anomaly.timeMs < toMs + AFTERMATH_MS;
}
