import { reservoirState } from "../calibrate/reservoir.ts";
import type { Judge } from "../calibrate/verdict.ts";
import type { Detector } from "../detect/detector.ts";
import type { Windower } from "../window/sequence-window.ts";

/** What knows something of each service. */
export interface Parts {
  readonly windower: Pick<Windower, "snapshot" | "takeOver" | "forget">;
  readonly judge: Judge;
  readonly detectors: readonly Detector[];
}

const WINDOWS = "windows";
const JUDGE = "calibration";
/** The name of a detector's part. */
export const detectorKey = ({ name }: Pick<Detector, "name">) => `detector:${name}`;

/** Told the name of a part whose state cannot be used, and why. */
export type OnUnusable = (name: string, error: unknown) => void;

/** What is known now, by service: `of` is the state of every part, its long lists as StateList. */
export function statesOf({ windower, judge, detectors }: Parts): {
  readonly of: (service: string) => Readonly<Record<string, unknown>>;
} {
  const streamsOf = windower.snapshot();
  return {
    of: (service) => ({
      [WINDOWS]: streamsOf(service),
      [JUDGE]: judge.snapshot(service),
      ...Object.fromEntries(detectors.map((one) => [detectorKey(one), one.snapshot(service)])),
    }),
  };
}

/** What another stage, or this one before it was stopped, knew of a service. */
export interface KnownBefore {
  readonly service: string;
  /** JSON of a state of {@link statesOf}. */
  readonly json: string;
  /** Whether nothing has come of it since. */
  readonly isLast: boolean;
}

/**
 * Takes it over, in the place of what is known here. A part that cannot be read starts empty, and is told.
 * @param show what may be kept of a text: a state may be older than redaction, or than the rule that hides something
 */
export function takeOver(
  { service, json, isLast }: KnownBefore,
  { windower, judge, detectors }: Parts,
  show: (text: string) => string,
  onUnusable: OnUnusable,
): void {
  const states = readStates(json, onUnusable);
  const shown = createShown(show);
  const attempt = (name: string, take: (state: unknown) => void) => {
    try {
      take(states[name] === undefined ? undefined : shown(states[name]));
    } catch (error) {
      onUnusable(name, error);
    }
  };
  attempt(WINDOWS, (state) => windower.takeOver(service, state, isLast));
  for (const [name, part] of [
    [JUDGE, judge] as const,
    ...detectors.map((one) => [detectorKey(one), one] as const),
  ]) {
    part.forget(service);
    if (states[name] !== undefined) attempt(name, part.restore);
  }
}

/** Records of the service have passed elsewhere since the last one: its streams go on, but what comes first is not judged by what was
 * before. */
export function interrupt(service: string, { windower }: Parts): void {
  const state = windower.snapshot()(service);
  windower.forget(service);
  windower.takeOver(service, state, false);
}

/** Forgets all that any part knows of a service. */
export function forget(service: string, { windower, judge, detectors }: Parts): void {
  for (const part of [windower, judge, ...detectors]) part.forget(service);
}

function readStates(json: string, onUnusable: OnUnusable): Readonly<Record<string, unknown>> {
  try {
    const states: unknown = JSON.parse(json);
    if (typeof states === "object" && states !== null) return { ...states };
    throw new Error("it is no object");
  } catch (error) {
    onUnusable("all of a service", error);
    return {};
  }
}

/** A template's id, a pair of them, or the kind of an end or a silence (store/kind.ts): a name of a state's own, and no words. */
const NAME = /^(?:end |silence )?[0-9a-f]{16}(?:\0[0-9a-f]{16})?$/;

/** Shows every text of a JSON value, and each different one once. */
export function createShown(show: (text: string) => string): (value: unknown) => unknown {
  const texts = new Map<string, string>();
  const shownText = (text: string): string => {
    if (NAME.test(text)) return text;
    let known = texts.get(text);
    if (known === undefined) {
      known = show(text);
      texts.set(text, known);
    }
    return known;
  };
  const shown = (value: unknown): unknown => {
    if (typeof value === "string") return shownText(value);
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== "object" || value === null || isSample(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
  };
  return shown;
}

/** Numbers in base64 are no text: what hides a key in them would spoil them. */
function isSample(value: object): boolean {
  return "offered" in value && reservoirState.safeParse(value).success;
}
