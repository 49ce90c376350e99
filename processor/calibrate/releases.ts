import { z } from "zod";
import { type Release, releaseKey } from "../window/release.ts";

/** Releases remembered of one service, besides those that it still runs; over it the one that was seen least recently is
 * forgotten. */
const RELEASES_MAX = 64;
/** Releases remembered at most: a service that runs more is one whose releases tell its instances apart. */
const RUNNING_MAX = 512;
/** Releases that come new within the length of one band: where there are more, they open none. */
const ARRIVALS_MAX = 8;
/** New messages remembered of all open bands of one service; what comes after them alerts as ever. */
const MESSAGES_MAX = 500;
/** One step of the service's clock counts at most this much of a band: one wrong timestamp closes none. */
const STEP_MAX_MS = 300_000;

/** A release while its learning band is open. */
export interface Deployment {
  readonly release: Release;
  /** What the service ran before. */
  readonly previous: Release;
  /** Time of its first record that was judged, milliseconds since the epoch. */
  readonly startedMs: number;
  /** When its band closes, as far as the records' own time tells. */
  readonly untilMs: number;
}

/** What a release has to do with the verdict on one of its records. */
export interface News {
  /** Of the record's own release; undefined where its learning band is not open. */
  readonly deployment: Deployment | undefined;
  /** The deployment that has brought this template, whatever its severity; undefined for one that was known before. */
  readonly broughtBy: Deployment | undefined;
  /** Nobody has seen this template before. */
  readonly isFirst: boolean;
  /** What is odd about the message is held below the threshold: it is gathered, and does not alert. */
  readonly isHeld: boolean;
}

/** What is left out for want of room: a release that opens no band, or a message that no band gathers. */
export type LeftOut = "release" | "message";

const releaseState = z.tuple([z.string().nullable(), z.string().nullable()]);

/** The releases of one service as JSON, least recently seen first. Times in milliseconds as the bands count them. */
export const releasesState = z
  .array(
    z.strictObject({
      release: releaseState,
      /** Since it was seen first. */
      ageMs: z.number().min(0),
      /** Since it was seen last. */
      unseenMs: z.number().min(0),
      /** Missing of what was not new when it was seen first, and of what is so no longer. */
      band: z
        .strictObject({
          previous: releaseState,
          startedMs: z.number(),
          /** Template ids of the messages that it brought, and whether each is harmless. */
          messages: z.array(z.tuple([z.string(), z.boolean()])).max(MESSAGES_MAX),
        })
        .optional(),
    }),
  )
  .max(RUNNING_MAX);
export type ReleasesState = z.infer<typeof releasesState>;

/** A message that a release has brought. */
export interface Brought {
  readonly by: Deployment;
  /** Its first record was below WARN. */
  readonly isHarmless: boolean;
}

/**
 * A release's deployment, when a record of it comes now and its learning band is open, or would be opened by it.
 * @param timeMs of the record, milliseconds since the epoch
 */
export type DeploymentOf = (release: Release | undefined, timeMs: number) => Deployment | undefined;

/** Which releases of a service are known, and what the new ones have brought. */
export interface Releases {
  /** The deployments as one batch finds them, of which nothing is learned yet: together its releases open no more bands than
   * they will when they are learned. */
  deployments(): DeploymentOf;
  /** Whether there is room for one more new message. */
  mayBring(): boolean;
  /** What an open band has gathered under this template. */
  brought(templateId: string): Brought | undefined;
  /** Time passes, and bands close. @param clockMs the service's own clock */
  pass(clockMs: number): void;
  /** A record of this release came. */
  learn(release: Release, timeMs: number): void;
  /** It brought this template. */
  learnNew(release: Release, templateId: string, isHarmless: boolean): void;
  snapshot(): ReleasesState;
}

interface Band {
  readonly deployment: Deployment;
  readonly messages: Map<string, boolean>;
}

/** Times by the clock of the bands. */
interface Known {
  readonly release: Release;
  readonly sinceMs: number;
  seenMs: number;
  band: Band | undefined;
}

/**
 * A release is new that this service never ran, and a service's first one is none: what it ran before is not known. So neither
 * a restart opens a band, nor a rollback, nor a rollout with two releases side by side for a while, whatever the order in which
 * their records come. Where new ones come too fast, the release tells instances apart, not deployments: none opens a band until
 * that calms down.
 * @param bandMs how long a band stays open; 0 opens none
 */
export function createReleases(
  bandMs: number,
  state: ReleasesState = [],
  onLeftOut: (what: LeftOut) => void = () => undefined,
): Releases {
  const known = new Map<string, Known>();
  for (const one of state.map((saved) => readKnown(saved, bandMs))) known.set(one.release.key, one);
  let latest = [...known.values()].at(-1);
  let open = [...known.values()].filter(({ band }) => band !== undefined);
  /** When the last ones came that were new. */
  let arrivals = [...known.values()].map(({ sinceMs }) => sinceMs).sort((one, other) => one - other);
  let nowMs = 0;
  let lastClockMs: number | undefined;

  const messages = () => open.reduce((sum, { band }) => sum + (band?.messages.size ?? 0), 0);
  /** @param coming releases that come new now and are no arrivals yet */
  const isSteady = (coming: number) =>
    coming < ARRIVALS_MAX &&
    nowMs - (arrivals.at(coming - ARRIVALS_MAX) ?? Number.NEGATIVE_INFINITY) >= bandMs;
  const opening = (release: Release, timeMs: number, coming = 0): Deployment | undefined =>
    latest === undefined || bandMs === 0 || !isSteady(coming)
      ? undefined
      : { release, previous: latest.release, startedMs: timeMs, untilMs: timeMs + bandMs };
  const add = (release: Release, timeMs: number): Known => {
    const deployment = opening(release, timeMs);
    const band = deployment && { deployment, messages: new Map<string, boolean>() };
    const one: Known = { release, sinceMs: nowMs, seenMs: nowMs, band };
    if (band !== undefined) open.push(one);
    else if (latest !== undefined && bandMs > 0) onLeftOut("release");
    arrivals = [...arrivals, nowMs].slice(-ARRIVALS_MAX);
    return one;
  };
  const forget = () => {
    for (const [key, { seenMs }] of known) {
      const isRunning = nowMs - seenMs < bandMs;
      if (known.size <= (isRunning ? RUNNING_MAX : RELEASES_MAX)) return;
      known.delete(key);
    }
  };

  return {
    deployments: () => deploymentsOfBatch(known, opening),
    mayBring: () => messages() < MESSAGES_MAX,
    brought(templateId) {
      for (const { band } of open) {
        const isHarmless = band?.messages.get(templateId);
        if (band !== undefined && isHarmless !== undefined) return { by: band.deployment, isHarmless };
      }
      return undefined;
    },
    pass(clockMs) {
      nowMs += Math.min(STEP_MAX_MS, Math.max(0, clockMs - (lastClockMs ?? clockMs)));
      lastClockMs = clockMs;
      for (const one of open) if (nowMs - one.sinceMs >= bandMs) one.band = undefined;
      open = open.filter(({ band }) => band !== undefined);
    },
    learn(release, timeMs) {
      const one = known.get(release.key) ?? add(release, timeMs);
      one.seenMs = nowMs;
      if (one === latest) return;
      known.delete(release.key);
      known.set(release.key, one);
      latest = one;
      forget();
    },
    learnNew(release, templateId, isHarmless) {
      const band = known.get(release.key)?.band;
      if (band === undefined || open.some((one) => one.band?.messages.has(templateId))) return;
      if (messages() < MESSAGES_MAX) band.messages.set(templateId, isHarmless);
      else onLeftOut("message");
    },
    snapshot: () => [...known.values()].map((one) => toState(one, nowMs)),
  };
}

/** @param opening what a release opens that comes new behind so many others */
function deploymentsOfBatch(
  known: ReadonlyMap<string, Known>,
  opening: (release: Release, timeMs: number, coming: number) => Deployment | undefined,
): DeploymentOf {
  const coming = new Map<string, Deployment>();
  return (release, timeMs) => {
    if (release === undefined) return undefined;
    const found = known.get(release.key);
    if (found !== undefined) return found.band?.deployment;
    const one = coming.get(release.key) ?? opening(release, timeMs, coming.size);
    if (one !== undefined) coming.set(release.key, one);
    return one;
  };
}

function toState({ release, sinceMs, seenMs, band }: Known, nowMs: number): ReleasesState[number] {
  const seen = { release: pairOf(release), ageMs: nowMs - sinceMs, unseenMs: nowMs - seenMs };
  if (band === undefined) return seen;
  const { previous, startedMs } = band.deployment;
  return { ...seen, band: { previous: pairOf(previous), startedMs, messages: [...band.messages] } };
}

function readKnown({ release: pair, ageMs, unseenMs, band }: ReleasesState[number], bandMs: number): Known {
  const release = readRelease(pair);
  return { release, sinceMs: -ageMs, seenMs: -unseenMs, band: band && readBand(release, band, bandMs) };
}

function readBand(
  release: Release,
  { previous, startedMs, messages }: NonNullable<ReleasesState[number]["band"]>,
  bandMs: number,
): Band {
  const deployment = { release, previous: readRelease(previous), startedMs, untilMs: startedMs + bandMs };
  return { deployment, messages: new Map(messages) };
}

function pairOf({ version, deployment }: Release): z.infer<typeof releaseState> {
  return [version ?? null, deployment ?? null];
}

function readRelease([version, deployment]: z.infer<typeof releaseState>): Release {
  const [one, other] = [version ?? undefined, deployment ?? undefined];
  return { version: one, deployment: other, key: releaseKey(one, other) };
}
