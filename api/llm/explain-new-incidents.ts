import { LRUCache } from "lru-cache";
import type { Incident } from "../../store/incident.ts";
import type { Store } from "../../store/store.ts";
import type { Explainer } from "./explainer.ts";

/** Incidents that are known to have been asked about, whoever did; of older ones the store knows. */
const INCIDENTS_MAX = 10_000;

/** What asking about incidents needs. */
export interface NewIncidentPorts {
  readonly store: Pick<Store, "anomaly" | "claimIncident">;
  readonly explainer: Pick<Explainer, "explain">;
  readonly onError: (error: unknown) => void;
}

/**
 * Asks about the anomaly that is an incident's strongest when it is first told of, until there are no more incidents. Of several processes
 * over one database one asks: where that one ends meanwhile, nobody does until a person wants to know.
 */
export async function explainNewIncidents(
  incidents: AsyncIterable<Pick<Incident, "id" | "strongestId">>,
  { store, explainer, onError }: NewIncidentPorts,
): Promise<void> {
  const known = new LRUCache<string, true>({ max: INCIDENTS_MAX });
  for await (const { id, strongestId } of incidents) {
    if (known.has(id)) continue;
    known.set(id, true);
    try {
      const anomaly = await store.anomaly(strongestId);
      if (anomaly !== undefined && (await store.claimIncident(id)))
        void explainer.explain(anomaly, "automatic", "kind");
    } catch (error) {
      // One that cannot be read must not end the others.
      onError(error);
    }
  }
}
