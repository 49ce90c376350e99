import type { Threshold, ThresholdSetting } from "../../store/store.ts";
import { latestLabels } from "../thresholds/latest-labels.ts";
import { proposeThreshold } from "../thresholds/propose.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { requireScore, requireService } from "./requirements.ts";

const ALERTS_PER_DAY_MAX = 1_000_000;
/** What a service has before the stage has computed its own: the original program's start value. */
const STARTING_THRESHOLD = 0.85;

interface ThresholdInput {
  readonly service: string;
  readonly value?: number | null;
  readonly alertsPerDay?: number | null;
  readonly auto?: boolean | null;
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
      context.thresholdOf.clear(input.service);
      return context.store.setThreshold({ ...setting, author: context.principal.name }, context.now());
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
  },
};

/** The stored threshold, or the start value of a service that the stage has just met. */
export function thresholdOrDefault(service: string, stored: Threshold | undefined, nowMs: number): Threshold {
  return (
    stored ?? {
      service,
      mode: "auto",
      alertsPerDay: undefined,
      value: STARTING_THRESHOLD,
      updatedAtMs: nowMs,
    }
  );
}

function toSetting({ service, value, alertsPerDay, auto }: ThresholdInput): ThresholdSetting {
  const given = [value, alertsPerDay, auto === true ? true : undefined].filter(
    (one) => one !== null && one !== undefined,
  );
  if (given.length !== 1)
    throw userError(
      "BAD_USER_INPUT",
      "input: give exactly one of value, alertsPerDay and auto: true",
      "Leave the others out.",
    );
  const setting = { service, author: undefined, alertsPerDay: undefined, value: undefined };
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
