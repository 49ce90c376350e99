import { z } from "zod";
import type { ParameterValue } from "../template/parameter-value.ts";
import type { Oddity, OddNumber, OddValue } from "./evidence.ts";
import { addValue, runningMoments, runningMomentsState, zScore } from "./running-moments.ts";

/** Distinct values above which a slot is no choice between few. */
const VALUES_FEW = 32;
/** Observations before which neither a value nor a number is usual. */
const KNOWN_FROM = 100;
/** Scale of numbers that is taken for granted, in nats: a sixth more is never odd. */
const SCALE_MIN = 0.15;
/** On the log scale; of less nothing is a multiple. */
const USUAL_MIN = 0.1;
/** HTTP status codes (RFC 9110, section 15). */
const STATUS_MIN = 100;
const STATUS_MAX = 599;
const CLASS_OF_ERRORS = 4;

/** Parts of a nat that are kept of a number, which is 6 %: well within the scale that is taken for granted, and who reads the state does
 * not learn a number from it. */
const STEPS_PER_NAT = 16;

/** Observations after which the share of new values no longer falls: habits may change. */
const SEEN_MAX = 10_000;

/** A slot as JSON: what it has seen, moments of its numbers, [value, came again] of its few values (null: too many). */
export const parameterSlotState = z.strictObject({
  seen: z.int().min(0),
  numbers: runningMomentsState,
  values: z
    .array(z.tuple([z.int(), z.boolean()]))
    .max(VALUES_FEW)
    .nullable(),
  isStatus: z.boolean(),
});
export type ParameterSlotState = z.infer<typeof parameterSlotState>;

/** How odd one parameter is. */
export interface ParameterOddity {
  readonly surprise: number;
  /** Standard deviations from the usual, for a number; 0 for any other. */
  readonly z: number;
  /** A value never seen in a slot of few. */
  readonly isNewValue: boolean;
  /** A status code of an error. */
  readonly isErrorStatus: boolean;
}

export const NOT_ODD: ParameterOddity = { surprise: 0, z: 0, isNewValue: false, isErrorStatus: false };

/** What one variable part of a template usually is. */
export interface ParameterSlot {
  oddity(value: ParameterValue): ParameterOddity;
  /** What exactly is odd about a value, of which that was found. */
  detail(value: ParameterValue, found: ParameterOddity): Oddity;
  learn(value: ParameterValue): void;
  snapshot(): ParameterSlotState;
}

/**
 * Numbers against their location and scale on a log scale; surprise is |z|. Other values, as long as there are at most 32,
 * against those seen: surprise of a new one is -ln P(something new), by Good and Turing. Status codes count by their class.
 */
export function createParameterSlot(state?: ParameterSlotState): ParameterSlot {
  let seen = state?.seen ?? 0;
  const numbers = runningMoments(state?.numbers);
  let values = state?.values === null ? undefined : new Map(state === undefined ? [] : keptValues(state));
  /** Every number so far was a status code. */
  let isStatus = state?.isStatus ?? true;

  const add = (exact: number) => {
    const value = folded(exact);
    values?.set(value, values.has(value));
    if ((values?.size ?? 0) > VALUES_FEW) values = undefined;
  };

  return {
    oddity(value) {
      if (seen < KNOWN_FROM) return NOT_ODD;
      if (value.kind === "value")
        return numbers.values > 0 ? NOT_ODD : choice(folded(value.hash), values, seen);
      const status = isStatus && values !== undefined ? statusClass(value.plain) : undefined;
      if (status !== undefined)
        return { ...choice(status, byClass(values), seen), isErrorStatus: status >= CLASS_OF_ERRORS };
      if (numbers.values < KNOWN_FROM) return NOT_ODD;
      const z = Math.abs(zScore(numbers, inSteps(value.scaled), SCALE_MIN));
      return { ...NOT_ODD, surprise: z, z };
    },
    detail: (value, { isNewValue, isErrorStatus }) =>
      isNewValue || value.kind === "value"
        ? { oddity: "value", seen, values: values?.size ?? 0, ...(isErrorStatus && errorClassOf(value)) }
        : { oddity: "number", seen, ...comparedTo(numbers.mean, value) },
    learn(value) {
      seen = Math.min(SEEN_MAX, seen + 1);
      if (value.kind === "value") return add(value.hash);
      addValue(numbers, inSteps(value.scaled), SCALE_MIN);
      isStatus &&= statusClass(value.plain) !== undefined;
      if (value.plain !== undefined && statusClass(value.plain) !== undefined) add(value.plain);
    },
    snapshot: () => ({
      seen,
      numbers: [numbers.values, numbers.mean, numbers.variance],
      values: values === undefined ? null : [...values],
      isStatus,
    }),
  };
}

function inSteps(scaled: number): number {
  return Math.round(scaled * STEPS_PER_NAT) / STEPS_PER_NAT;
}

/** A state of before may hold numbers that are nobody's business. */
function keptValues({
  values,
  numbers,
}: ParameterSlotState): (readonly [value: number, cameAgain: boolean])[] {
  return (values ?? [])
    .filter(([value]) => numbers[0] === 0 || statusClass(value) !== undefined)
    .map(([value, cameAgain]) => [folded(value), cameAgain]);
}

/**
 * 16 bits of a hash; smaller numbers are themselves. Enough to tell 32 values from others (a new one passes for known at most
 * once in 2,000), and thousands of addresses share each one: the state does not give a value away.
 */
function folded(value: number): number {
  const bits = value >>> 0;
  return bits < 0x10000 ? bits : (bits >>> 16) ^ (bits & 0xffff);
}

/** Whether each of the few values came again. */
type FewValues = ReadonlyMap<number, boolean> | undefined;

function choice(value: number, values: FewValues, seen: number): ParameterOddity {
  if (values === undefined || values.has(value)) return NOT_ODD;
  const once = [...values.values()].filter((cameAgain) => !cameAgain).length;
  return { ...NOT_ODD, surprise: -Math.log((once + 0.5) / (seen + 1)), isNewValue: true };
}

function byClass(values: FewValues): FewValues {
  const classes = new Map<number, boolean>();
  for (const [value, cameAgain] of values ?? []) {
    const own = Math.floor(value / 100);
    classes.set(own, cameAgain || classes.has(own));
  }
  return classes;
}

function statusClass(plain: number | undefined): number | undefined {
  return plain === undefined || plain < STATUS_MIN || plain > STATUS_MAX
    ? undefined
    : Math.floor(plain / 100);
}

function errorClassOf(value: ParameterValue): Pick<OddValue, "errorClass"> {
  const errorClass = value.kind === "number" ? statusClass(value.plain) : undefined;
  return errorClass === undefined ? {} : { errorClass };
}

/** A number beside the usual one, both on the signed log scale. */
function comparedTo(
  usual: number,
  { scaled, isTime }: Extract<ParameterValue, { readonly kind: "number" }>,
): Pick<OddNumber, "times" | "time"> {
  const isComparable = usual > USUAL_MIN && scaled >= 0;
  return {
    times: isComparable ? Math.expm1(scaled) / Math.expm1(usual) : undefined,
    ...(isTime && { time: { tookMs: Math.expm1(scaled), usualMs: Math.max(0, Math.expm1(usual)) } }),
  };
}
