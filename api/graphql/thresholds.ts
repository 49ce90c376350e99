import { STARTING_THRESHOLD } from "../../store/starting-threshold.ts";
import type { Threshold, ThresholdChange, ThresholdSetting } from "../../store/threshold.ts";
import { latestLabels } from "../thresholds/latest-labels.ts";
import { proposeThreshold } from "../thresholds/propose.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { requireScore, requireService } from "./requirements.ts";

const ALERTS_PER_DAY_MAX = 1_000_000;
const CHANGES_DEFAULT = 20;
const CHANGE_ID = /^[1-9]\d{0,15}$/;
/** What a service has before anybody has changed it. */
const AUTO = { mode: "auto", value: undefined, alertsPerDay: undefined } as const;

interface ThresholdInput {
  readonly service: string;
  readonly value?: number | null;
  readonly alertsPerDay?: number | null;
  readonly auto?: boolean | null;
  readonly basedOn?: string | null;
}

interface RevertArguments {
  readonly changeId: string;
  readonly basedOn?: string | null;
}

interface OfService {
  readonly service: string;
}

/** Thresholds as they are, how people set them, and what the feedback proposes. */
export const thresholds = {
  Query: {
    async threshold(_: unknown, { service }: OfService, context: Context) {
      await requireService(service, context);
      return thresholdOrDefault(service, await context.thresholdOf.load(service), context.now());
    },
  },
  Mutation: {
    async setThreshold(_: unknown, { input }: { readonly input: ThresholdInput }, context: Context) {
      const setting = toSetting(input);
      await requireService(input.service, context);
      return change(setting, context);
    },
    async revertThreshold(_: unknown, { changeId, basedOn }: RevertArguments, context: Context) {
      requireChangeId("changeId", changeId);
      requireChangeId("basedOn", basedOn);
      const reverted = await context.store.thresholdChange(changeId);
      if (reverted === undefined)
        throw userError("NOT_FOUND", "There is no change with this id.", "Threshold.history lists them.");
      const { service } = reverted;
      const [before] = await context.store.thresholdChanges(service, { first: 1, after: changeId });
      const { mode, value, alertsPerDay } = before ?? AUTO;
      const setting = { service, mode, value, alertsPerDay, basedOn, revertOf: changeId };
      return change({ ...setting, author: undefined }, context);
    },
    async computeThreshold(_: unknown, { service }: OfService, context: Context) {
      await requireService(service, context);
      return proposeThreshold(latestLabels(await context.store.labelledScores(service)));
    },
  },
  Threshold: {
    mode: ({ mode }: Threshold) => mode.toUpperCase(),
    alertsPerDay: ({ alertsPerDay }: Threshold) => alertsPerDay ?? null,
    updatedAt: ({ updatedAtMs }: Threshold) => updatedAtMs,
    history: ({ service }: Threshold, page: PageArguments, context: Context) =>
      paginate({ ...page, first: page.first ?? CHANGES_DEFAULT }, context, {
        name: "thresholdChange",
        key: CHANGE_ID,
        keyOf: ({ id }: ThresholdChange) => id,
        read: (rows) => context.store.thresholdChanges(service, rows),
      }),
  },
  ThresholdChange: {
    mode: ({ mode }: ThresholdChange) => mode.toUpperCase(),
    at: ({ atMs }: ThresholdChange) => atMs,
  },
};

/** @throws a CONFLICT error when the setting is based on a change that is not the last one */
async function change(
  setting: ThresholdSetting,
  { store, thresholdOf, now, principal }: Context,
): Promise<Threshold> {
  const { service } = setting;
  thresholdOf.clear(service);
  const changed = await store.setThreshold({ ...setting, author: principal.name }, now());
  if (changed !== undefined) return changed;
  const [last] = await store.thresholdChanges(service, { first: 1 });
  throw userError(
    "CONFLICT",
    `The threshold was changed meanwhile${last?.author === undefined ? "" : ` by ${last.author}`}; nothing was changed now.`,
    "Look at the threshold as it is now, and decide again.",
  );
}

/** @throws a BAD_USER_INPUT error for an id that no change can have */
function requireChangeId(name: string, id: string | null | undefined): void {
  if (id === null || id === undefined || CHANGE_ID.test(id)) return;
  throw userError("BAD_USER_INPUT", `${name}: this is no id of a change`, "Threshold.history lists them.");
}

/** The stored threshold, or the start value of a service that the stage has just met. */
export function thresholdOrDefault(service: string, stored: Threshold | undefined, nowMs: number): Threshold {
  return (
    stored ?? {
      service,
      mode: "auto",
      alertsPerDay: undefined,
      value: STARTING_THRESHOLD,
      updatedAtMs: nowMs,
      changeId: undefined,
    }
  );
}

function toSetting({ service, value, alertsPerDay, auto, basedOn }: ThresholdInput): ThresholdSetting {
  requireChangeId("basedOn", basedOn);
  const given = [value, alertsPerDay, auto === true ? true : undefined].filter(
    (one) => one !== null && one !== undefined,
  );
  if (given.length !== 1)
    throw userError(
      "BAD_USER_INPUT",
      "input: give exactly one of value, alertsPerDay and auto: true",
      "Leave the others out.",
    );
  const setting = { service, basedOn, author: undefined, alertsPerDay: undefined, value: undefined };
  if (value !== null && value !== undefined) {
    requireScore("value", value);
    return { ...setting, mode: "manual", value };
  }
  if (alertsPerDay === null || alertsPerDay === undefined) return { ...setting, mode: "auto" };
  if (!(alertsPerDay > 0 && alertsPerDay <= ALERTS_PER_DAY_MAX))
    throw userError(
      "BAD_USER_INPUT",
      `alertsPerDay: ${alertsPerDay} is not above 0 and at most ${ALERTS_PER_DAY_MAX}`,
      "Give a budget such as 5.",
    );
  return { ...setting, mode: "budget", alertsPerDay };
}
