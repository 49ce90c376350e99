import { createRandom } from "../../cli/generate/random.ts";
import type { NewRecord } from "../../processor/wire/encode.ts";

/** A log whose services, templates and sessions come and go; counted in records, so that it is the same at every speed. */
export interface ChurnOptions {
  /** The same seed and options give the same records. */
  readonly seed: number;
  /** Services at a time. */
  readonly services: number;
  /** Records after which the oldest service makes room for a new one; 0 for never. */
  readonly recordsPerNewService: number;
  /** Templates of a service at a time. */
  readonly templatesEach: number;
  /** Records after which one of the templates of each service has another text; 0 for never. */
  readonly recordsPerRelease: number;
  /** Sessions that are open at a time; each belongs to one service and has a trace id of its own. */
  readonly sessions: number;
  /** Records of a session, on average. */
  readonly recordsPerSession: number;
}

/** A record, and the service that wrote it. */
export interface ChurnRecord {
  readonly service: string;
  readonly record: NewRecord;
}

/** Records one after the other, without end. Pure: no clock inside. */
export interface ChurnStream {
  /** The next record. Its number is in its observed time, see {@link numberedAt}. */
  next(timeMs: number): ChurnRecord;
}

interface Session {
  readonly service: number;
  readonly traceId: string;
  step: number;
  left: number;
}

const INFO = 9;
const WARN = 13;
/** Steps of a session that leave the usual order. */
const DETOUR_SHARE = 0.05;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** Its lower half is zero, so that a record's number can be the lower half of its observed time. */
const NUMBERED_FROM = 0x1790_0000n << 32n;

/** The observed time of the record with this number (below 2^32). */
export function numberedAt(number: number): bigint {
  return NUMBERED_FROM + BigInt(number);
}

/** Starts the log at its first record. */
export function createChurnStream(options: ChurnOptions): ChurnStream {
  const { seed, templatesEach, recordsPerSession } = options;
  const random = createRandom(seed);
  let number = 0;
  const open = (): Session => ({
    service: serviceAt(options, number, random.int(0, options.services - 1)),
    traceId: random.hex(32),
    step: random.int(0, templatesEach - 1),
    left: random.int(1, 2 * recordsPerSession - 1),
  });
  const sessions: Session[] = [];
  return {
    next(timeMs) {
      const slot = random.int(0, options.sessions - 1);
      let session = sessions[slot];
      if (session === undefined || session.left === 0) {
        session = open();
        sessions[slot] = session;
      }
      session.left -= 1;
      session.step = random.chance(DETOUR_SHARE)
        ? random.int(0, templatesEach - 1)
        : (session.step + 1) % templatesEach;
      const { service, step, traceId } = session;
      const record: NewRecord = {
        timeUnixNano: BigInt(Math.floor(timeMs)) * NANOSECONDS_PER_MILLISECOND,
        observedTimeUnixNano: numberedAt(number),
        severityNumber: step === 0 ? WARN : INFO,
        body: bodyOf(service, step, generationAt(options, number, service, step), random),
        traceId,
        attributes: { "thread.name": `worker-${random.int(0, 15)}`, "log.file.name": "app.log" },
      };
      number += 1;
      return { service: nameOf(service), record };
    },
  };
}

/** The number of the service at a place among those that are there, the oldest first. */
function serviceAt({ recordsPerNewService }: ChurnOptions, number: number, place: number): number {
  return place + (recordsPerNewService === 0 ? 0 : Math.floor(number / recordsPerNewService));
}

/** How often a template has got another text by now: releases of a service change one after the other. */
function generationAt(
  { templatesEach, recordsPerRelease }: ChurnOptions,
  number: number,
  service: number,
  step: number,
): number {
  if (recordsPerRelease === 0) return 0;
  // Services are not released all at once.
  const phase = (service * 7919) % recordsPerRelease;
  const releases = Math.floor((number + phase) / recordsPerRelease);
  return releases < step ? 0 : Math.floor((releases - step) / templatesEach) + 1;
}

/** Bounds that keep the words of two templates apart. */
const TEMPLATES_MAX = 64;
const GENERATIONS_MAX = 256;
const WORDS_MIN = 4;
const WORDS_MORE = 4;
const LEADING_WORDS = 89;

/** Most words of a template are its own, so that no two are taken for one; the rest are parameters. */
function bodyOf(
  service: number,
  step: number,
  generation: number,
  random: ReturnType<typeof createRandom>,
): string {
  const own = (service * TEMPLATES_MAX + step) * GENERATIONS_MAX + generation;
  const words = Array.from({ length: WORDS_MIN + (step % WORDS_MORE) }, (_, i) =>
    wordOf(own * (WORDS_MIN + WORDS_MORE) + i),
  );
  // A program's part and what it does there: a tree of leading tokens has few branches, which many templates share.
  const leading = Math.imul(own, 0x9e37_79b1) >>> 0;
  const part = wordOf(leading % LEADING_WORDS);
  const verb = wordOf(LEADING_WORDS + (Math.floor(leading / LEADING_WORDS) % LEADING_WORDS));
  return `${part} ${verb} ${words.join(" ")} request=${random.int(1, 1e9)} ms=${random.int(1, 900)}`;
}

const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");

/** A pronounceable word for a number: letters only, so that it counts as text. */
function wordOf(number: number): string {
  let rest = Math.imul(number + 1, 2_654_435_761) >>> 0;
  let word = "";
  for (let i = 0; i < 5; i += 1) {
    word += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return word;
}

const nameOf = (service: number): string => `${wordOf(service)}-${service}`;
