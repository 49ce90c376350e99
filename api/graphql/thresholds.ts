import type { Store, Threshold, ThresholdSetting } from "../../store/store.ts";
import { preview } from "../thresholds/preview.ts";
import { NEGATIVES_MIN, POSITIVES_MIN, youden } from "../thresholds/youden.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

const DAY_MS = 86_400_000;
const PREVIEW_DAYS = 7;
const MISSED_MAX = 50;
/** What a service has before the stage has computed its own: the original program's start value. */
const STARTING_THRESHOLD = 0.85;

interface ThresholdInput {
  readonly service: string;
  readonly value?: number | null;
  readonly alertsPerDay?: number | null;
  readonly auto?: boolean | null;
}

/** Thresholds: as they are, as they would have been, and how people set them. */
export const thresholds = {
  Query: {
    async threshold(
      _: unknown,
      { service }: { readonly service: string },
      { store, thresholdOf, now }: Context,
    ) {
      await requireService(service, store);
      return thresholdOrDefault(service, await thresholdOf.load(service), now());
    },
    async thresholdPreview(
      _: unknown,
      args: {
        readonly service: string;
        readonly value: number;
        readonly from?: number | null;
        readonly to?: number | null;
      },
      { store, now }: Context,
    ) {
      await requireService(args.service, store);
      requireScore("value", args.value);
      const toMs = args.to ?? now();
      const fromMs = args.from ?? toMs - PREVIEW_DAYS * DAY_MS;
      if (fromMs >= toMs)
        throw userError("BAD_USER_INPUT", "from must be before to", "Swap them, or leave both out.");
      const histograms = await store.scoreHistograms(args.service, fromMs, toMs);
      const labels = await store.labelledScores(args.service, fromMs, toMs);
      const { missedIds, ...figures } = preview(args.value, histograms, labels);
      const missed = await Promise.all(missedIds.slice(0, MISSED_MAX).map((id) => store.anomaly(id)));
      return { ...figures, missed: missed.filter((anomaly) => anomaly !== undefined) };
    },
  },
  Mutation: {
    async setThreshold(_: unknown, { input }: { readonly input: ThresholdInput }, { store, now }: Context) {
      const setting = toSetting(input);
      await requireService(input.service, store);
      return store.setThreshold(setting, now());
    },
    async computeThreshold(_: unknown, { service }: { readonly service: string }, { store }: Context) {
      await requireService(service, store);
      const labels = await store.labelledScores(service);
      const positives = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
      const negatives = labels.length - positives;
      if (positives < POSITIVES_MIN || negatives < NEGATIVES_MIN)
        return {
          value: null,
          youdensJ: null,
          points: [],
          message: `Too little feedback: ${positives} of ${POSITIVES_MIN} true anomalies and ${negatives} of ${NEGATIVES_MIN} false alarms.`,
        };
      const { value, j, points } = youden(labels);
      return {
        value,
        youdensJ: j,
        points,
        message: `Best over ${positives} true anomalies and ${negatives} false alarms. Youden's J weighs both errors alike, however rare anomalies are: look at the alerts a day before you use it.`,
      };
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

async function requireService(service: string, store: Store): Promise<void> {
  const known = await store.services();
  if (!known.some(({ name }) => name === service))
    throw userError(
      "NOT_FOUND",
      "No record of this service has been seen.",
      "The query services lists those that have.",
    );
}

function requireScore(name: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw userError("BAD_USER_INPUT", `${name}: ${value} is not between 0 and 1`, "A threshold is a score.");
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
  if (!(alertsPerDay > 0 && alertsPerDay <= 1e6))
    throw userError(
      "BAD_USER_INPUT",
      `alertsPerDay: ${alertsPerDay} is not between 0 and 1,000,000`,
      "Give a budget such as 5.",
    );
  return { ...setting, mode: "budget", alertsPerDay };
}
