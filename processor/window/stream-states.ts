import { hash } from "node:crypto";
import { z } from "zod";
import type { TemplateMatch } from "../template/template-miner.ts";
import type { StreamState } from "./open-stream.ts";
import { type Release, releaseKey } from "./release.ts";
import type { LogEvent, Session } from "./sequence-window.ts";

/** Events of one service that are written down; streams beyond it begin anew elsewhere. */
const EVENTS_MAX = 5_000;
const NO_RELEASE = -1;

/** Its template and release by their places in the lists beside; time, gap, severity, and its code for the model. */
const eventState = z.tuple([
  z.int().nonnegative(),
  z.number(),
  z.number().nonnegative(),
  z.int(),
  z.int().min(NO_RELEASE),
  z.number().nullable(),
]);
const sessionState = z.strictObject({
  events: z.int().nonnegative(),
  startedMs: z.number(),
  counts: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])),
});
const streamStates = z.strictObject({
  version: z.literal(1),
  isComplete: z.boolean(),
  streams: z.array(z.tuple([z.string(), z.boolean(), z.array(eventState), sessionState])),
  templates: z.array(z.tuple([z.string(), z.string()])),
  releases: z.array(z.tuple([z.string().nullable(), z.string().nullable()])),
});
type Written = z.infer<typeof streamStates>;

/** Where the streams of a service stop. */
export interface StreamStates {
  /** Whether every stream is among them. */
  readonly isComplete: boolean;
  /** Tells it once: after that the stream has gone on. */
  readonly take: (stream: string) => StreamState | undefined;
  /** How many were not told yet. */
  readonly left: () => number;
}

/**
 * The streams of one service as JSON: of their events neither raw parameters nor what a model said of them, of their names a hash,
 * because they come from the sender.
 * @param streams the most recently used ones first
 * @param areAllOpen whether every stream that may go on is among them
 */
export function writeStreamStates(
  streams: Iterable<readonly [stream: string, state: StreamState]>,
  areAllOpen: boolean,
): z.input<typeof streamStates> {
  const templates = createPlaces<[string, string]>();
  const releases = createPlaces<[string | null, string | null]>();
  const written: Written["streams"] = [];
  let events = 0;
  let isComplete = areAllOpen;
  const templateOf = (id: string, text: string) => templates.of(id, () => [id, text]);
  const eventOf = ({ match, timeMs, gapMs, severityNumber, release, code }: LogEvent) => {
    const place =
      release && releases.of(release.key, () => [release.version ?? null, release.deployment ?? null]);
    const template = templateOf(match.templateId, match.template);
    return [template, timeMs, gapMs, severityNumber, place ?? NO_RELEASE, code ?? null] satisfies z.infer<
      typeof eventState
    >;
  };
  const sessionOf = ({ events: length, startedMs, counts }: StreamState["session"]) => ({
    events: length,
    startedMs,
    counts: [...counts].map(([id, { template, count }]): [number, number] => [
      templateOf(id, template),
      count,
    ]),
  });
  for (const [stream, state] of streams) {
    events += state.events.length;
    if (events > EVENTS_MAX) {
      isComplete = false;
      break;
    }
    written.push([nameOf(stream), state.isWhole, state.events.map(eventOf), sessionOf(state.session)]);
  }
  return { version: 1, isComplete, streams: written, templates: templates.all, releases: releases.all };
}

/** Reads what {@link writeStreamStates} gave. Throws an Error that names the field when it is not in the expected format. */
export function readStreamStates(state: unknown): StreamStates {
  const parsed = streamStates.safeParse(state);
  if (!parsed.success)
    throw new Error(`The state of the streams is not usable: ${z.prettifyError(parsed.error)}`);
  const { isComplete, streams, templates, releases } = parsed.data;
  const matches = templates.map(
    ([templateId, template]): TemplateMatch => ({
      templateId,
      template,
      parameters: [],
      isNew: false,
      values: undefined,
    }),
  );
  const known = releases.map(([version, deployment]): Release => {
    const [one, other] = [version ?? undefined, deployment ?? undefined];
    return { version: one, deployment: other, key: releaseKey(one, other) };
  });
  const byName = new Map(
    streams.map(([name, isWhole, events, session]) => [
      name,
      {
        isWhole,
        events: events.map((event) => readEvent(event, matches, known)),
        session: readSession(session, matches),
      },
    ]),
  );
  return {
    isComplete,
    take(stream) {
      const name = nameOf(stream);
      const state = byName.get(name);
      byName.delete(name);
      return state;
    },
    left() {
      return byName.size;
    },
  };
}

function readEvent(
  [template, timeMs, gapMs, severityNumber, release, code]: z.infer<typeof eventState>,
  matches: readonly TemplateMatch[],
  releases: readonly Release[],
): LogEvent {
  return {
    match: at(matches, template, "template"),
    timeMs,
    gapMs,
    severityNumber,
    release: release === NO_RELEASE ? undefined : at(releases, release, "release"),
    previousInTrace: undefined,
    code: code ?? undefined,
    surprise: undefined,
    surprisedBy: undefined,
  };
}

function readSession(
  { events, startedMs, counts }: z.infer<typeof sessionState>,
  matches: readonly TemplateMatch[],
): Pick<Session, "events" | "startedMs" | "counts"> {
  return {
    events,
    startedMs,
    counts: new Map(
      counts.map(([place, count]) => {
        const { templateId, template } = at(matches, place, "template");
        return [templateId, { template, count }];
      }),
    ),
  };
}

function at<T>(list: readonly T[], place: number, what: string): T {
  const found = list[place];
  if (found === undefined)
    throw new Error(`The state of the streams is not usable: it names ${what} ${place} of ${list.length}`);
  return found;
}

function nameOf(stream: string): string {
  return hash("sha256", stream).slice(0, 16);
}

/** Values in the order in which their keys first came. */
function createPlaces<T>() {
  const places = new Map<string, number>();
  const all: T[] = [];
  return {
    all,
    of(key: string, create: () => T): number {
      let place = places.get(key);
      if (place === undefined) {
        place = all.push(create()) - 1;
        places.set(key, place);
      }
      return place;
    },
  };
}
