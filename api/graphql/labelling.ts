import { rankCandidates } from "../labelling/rank.ts";
import { NEGATIVES_MIN, POSITIVES_MIN } from "../thresholds/propose.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { requireService } from "./requirements.ts";

const ITEMS_DEFAULT = 20;
const ITEMS_MAX = 100;
/** Unlabelled records that are looked at. */
const CANDIDATES_MAX = 2_000;

interface QueueArguments {
  readonly service?: string | null;
  readonly first?: number | null;
}

/** Query.labellingQueue. */
export const labelling = {
  Query: {
    async labellingQueue(_: unknown, { service, first }: QueueArguments, context: Context) {
      const size = first ?? ITEMS_DEFAULT;
      if (size < 1 || size > ITEMS_MAX)
        throw userError(
          "BAD_USER_INPUT",
          `first: ${size} is not between 1 and ${ITEMS_MAX}`,
          "Label those that come first, and ask again.",
        );
      if (service !== null && service !== undefined) await requireService(service, context);
      context.rows.take(size);
      return readQueue(service ?? undefined, size, context);
    },
  },
};

async function readQueue(service: string | undefined, size: number, { store }: Context) {
  const [candidates, counts] = await Promise.all([
    store.labellingCandidates(service, CANDIDATES_MAX),
    store.labelCounts(service),
  ]);
  const labels = new Map(
    counts.map((one) => [`${one.service}\0${one.templateId}`, one.confirmed + one.expected]),
  );
  const ranked = rankCandidates(candidates, (one) => labels.get(`${one.service}\0${one.templateId}`) ?? 0);
  const listed = ranked.slice(0, size);
  const anomalies = await store.anomaliesById(listed.map(({ id }) => id));
  const byId = new Map(anomalies.map((anomaly) => [anomaly.id, anomaly]));
  return {
    items: listed.flatMap(({ id, ...item }) => {
      const anomaly = byId.get(id);
      return anomaly === undefined ? [] : [{ ...item, anomaly }];
    }),
    progress: {
      confirmed: counts.reduce((sum, { confirmed }) => sum + confirmed, 0),
      expected: counts.reduce((sum, { expected }) => sum + expected, 0),
      confirmedNeeded: POSITIVES_MIN,
      expectedNeeded: NEGATIVES_MIN,
      unlabelled: ranked.reduce((sum, { similar }) => sum + similar, 0),
    },
  };
}
