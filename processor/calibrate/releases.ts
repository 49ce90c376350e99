import { z } from "zod";
import { type Release, releaseKey } from "../window/release.ts";

/** Releases remembered of one service; over it the one that was seen least recently is forgotten. */
const RELEASES_MAX = 64;
/** New messages remembered of one release; what comes after them alerts as ever. */
const MESSAGES_MAX = 500;

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
  readonly deployment: Deployment;
  /** The release has brought this template, whatever its severity. */
  readonly isNew: boolean;
  /** This is the first record of it. */
  readonly isFirst: boolean;
  /** What is odd about the message is held below the threshold: it is gathered, and does not alert. */
  readonly isHeld: boolean;
}

const releaseState = z.tuple([z.string().nullable(), z.string().nullable()]);

/** The releases of one service as JSON, least recently seen first. */
export const releasesState = z
  .array(
    z.strictObject({
      release: releaseState,
      /** Missing of what was not new when it was seen first, and of what is so no longer. */
      band: z
        .strictObject({
          previous: releaseState,
          startedMs: z.number(),
          /** By the service's own clock, as are all times in its calibration. */
          openedClockMs: z.number().min(0),
          messages: z.array(z.string()).max(MESSAGES_MAX),
        })
        .optional(),
    }),
  )
  .max(RELEASES_MAX);
export type ReleasesState = z.infer<typeof releasesState>;

/** Which releases of a service are known, and what the new ones have brought. `clockMs` is the service's own clock. */
export interface Releases {
  /**
   * Its deployment, when a record of this release comes now and its learning band is open, or would be opened by it.
   * @param timeMs of the record, milliseconds since the epoch
   */
  deployment(release: Release | undefined, timeMs: number, clockMs: number): Deployment | undefined;
  /** Whether a record of this release with a template that the service never wrote brings it: not when it has brought too many. */
  mayBring(release: Release): boolean;
  /** Whether a release with an open band has brought this template. */
  hasBrought(templateId: string): boolean;
  /** A record of this release came. */
  learn(release: Release | undefined, timeMs: number, clockMs: number): void;
  /** It brought this template. */
  learnNew(release: Release, templateId: string): void;
  snapshot(): ReleasesState;
}

interface Band {
  readonly deployment: Deployment;
  readonly openedClockMs: number;
  readonly messages: Set<string>;
}

interface Known {
  readonly release: Release;
  band: Band | undefined;
}

/**
 * A release is new that this service never ran, and a service's first one is none: what it ran before is not known. So neither
 * a restart opens a band, nor a rollback, nor a rollout with two releases side by side for a while, whatever the order in which
 * their records come.
 * @param bandMs how long a band stays open; 0 opens none
 */
export function createReleases(bandMs: number, state: ReleasesState = []): Releases {
  const known = new Map<string, Known>();
  for (const { release, band } of state) {
    const one = readRelease(release);
    known.set(one.key, { release: one, band: band && readBand(one, band, bandMs) });
  }
  let latest = [...known.values()].at(-1)?.release;

  const isOpen = ({ openedClockMs }: Band, clockMs: number) => clockMs - openedClockMs < bandMs;
  const opening = (release: Release, timeMs: number): Deployment | undefined =>
    latest === undefined || bandMs === 0
      ? undefined
      : { release, previous: latest, startedMs: timeMs, untilMs: timeMs + bandMs };
  const closeOld = (clockMs: number) => {
    for (const one of known.values())
      if (one.band !== undefined && !isOpen(one.band, clockMs)) one.band = undefined;
  };
  const add = (release: Release, timeMs: number, clockMs: number) => {
    const deployment = opening(release, timeMs);
    const band = deployment && { deployment, openedClockMs: clockMs, messages: new Set<string>() };
    known.set(release.key, { release, band });
    const [oldest] = known.keys();
    if (known.size > RELEASES_MAX && oldest !== undefined) known.delete(oldest);
  };

  return {
    deployment(release, timeMs, clockMs) {
      if (release === undefined) return undefined;
      const found = known.get(release.key);
      if (found === undefined) return opening(release, timeMs);
      return found.band !== undefined && isOpen(found.band, clockMs) ? found.band.deployment : undefined;
    },
    mayBring: ({ key }) => (known.get(key)?.band?.messages.size ?? 0) < MESSAGES_MAX,
    hasBrought(templateId) {
      for (const { band } of known.values()) if (band?.messages.has(templateId) === true) return true;
      return false;
    },
    learn(release, timeMs, clockMs) {
      closeOld(clockMs);
      if (release === undefined || release.key === latest?.key) return;
      const found = known.get(release.key);
      if (found === undefined) add(release, timeMs, clockMs);
      else {
        known.delete(release.key);
        known.set(release.key, found);
      }
      latest = release;
    },
    learnNew(release, templateId) {
      const messages = known.get(release.key)?.band?.messages;
      if (messages !== undefined && messages.size < MESSAGES_MAX) messages.add(templateId);
    },
    snapshot: () => [...known.values()].map(toState),
  };
}

function toState({ release, band }: Known): ReleasesState[number] {
  if (band === undefined) return { release: pairOf(release) };
  const { deployment, openedClockMs, messages } = band;
  const { previous, startedMs } = deployment;
  return {
    release: pairOf(release),
    band: { previous: pairOf(previous), startedMs, openedClockMs, messages: [...messages] },
  };
}

function readBand(
  release: Release,
  { previous, startedMs, openedClockMs, messages }: NonNullable<ReleasesState[number]["band"]>,
  bandMs: number,
): Band {
  const deployment = { release, previous: readRelease(previous), startedMs, untilMs: startedMs + bandMs };
  return { deployment, openedClockMs, messages: new Set(messages) };
}

function pairOf({ version, deployment }: Release): z.infer<typeof releaseState> {
  return [version ?? null, deployment ?? null];
}

function readRelease([version, deployment]: z.infer<typeof releaseState>): Release {
  const [one, other] = [version ?? undefined, deployment ?? undefined];
  return { version: one, deployment: other, key: releaseKey(one, other) };
}
