import type { SamplingConfig } from "../../processor/thin/config.ts";
import { samplingConfig } from "../../processor/thin/config.ts";
import type { ThinningFinding } from "../../processor/thin/opinions.ts";
import type { Opinion, Standing } from "../../processor/thin/stream-context.ts";
import { SETTLING_MS } from "../../processor/thin/stream-table.ts";
import { createThinning, type ThinningPlace } from "../../processor/thin/thinning.ts";
import type { ParsedRecord, Session } from "../../processor/window/sequence-window.ts";

/** A record as thinning sees it. */
export interface ThinRecord {
  readonly stream: string;
  readonly opinion: Opinion;
}

const match = { templateId: "t", template: "t", parameters: [], isNew: false };

/** The session of everything that is given none. */
const noSession: Session = { events: 0, counts: new Map(), startedMs: 0 };

/** The records as they come out of parsing. */
export function parsedOf(records: readonly ThinRecord[]): readonly ParsedRecord[] {
  return records.map(({ stream }, recordIndex) => ({
    recordIndex,
    service: "shop",
    stream,
    match,
    timeMs: 0,
    severityNumber: 9,
  }));
}

/** What is found of them: of the unknown ones nothing. */
export function findingsOf(records: readonly ThinRecord[]): readonly ThinningFinding[] {
  return records.flatMap(({ stream, opinion }, recordIndex) =>
    opinion === "unknown" ? [] : [findingAt(stream, recordIndex, opinion === "anomalous")],
  );
}

export function findingAt(
  stream: string,
  recordIndex: number | undefined,
  isAnomaly: boolean,
  session = noSession,
): ThinningFinding {
  return { recordIndex, window: { service: "shop", stream, session }, verdict: { isAnomaly } };
}

/** What each record of a stream is, if all of it is known: by definition. */
export function standingsByDefinition(
  records: readonly ThinRecord[],
  contextRecords: number,
): readonly Standing[] {
  return records.map(({ stream, opinion }, at) => {
    if (opinion !== "normal") return opinion === "anomalous" ? "anomaly" : "unknown";
    const own = [...records.entries()].filter(([, other]) => other.stream === stream);
    const place = own.findIndex(([index]) => index === at);
    const near = own.slice(Math.max(0, place - contextRecords), place + contextRecords + 1);
    return near.some(([, other]) => other.opinion === "anomalous") ? "context" : "rest";
  });
}

/** Requests of known length, numbered in the order of their arrival. */
export interface ThinnedRequests {
  enter(records: readonly ThinRecord[], bytes?: number): number;
  tell(request: number): void;
  /** Fires the timers that are set. */
  timeIsUp(): void;
  readonly timers: number;
  /** Of each request that has gone on, its records. */
  readonly standings: ReadonlyMap<number, readonly Standing[]>;
  /** Numbers of the requests, in the order in which they went on. */
  readonly gone: readonly number[];
  readonly thinning: ReturnType<typeof createThinning>;
  readonly early: Record<string, number>;
  readonly missed: () => number;
}

/** Thinning with timers in our hands, long after the start unless told otherwise. */
export function thinRequests(
  changes: Partial<SamplingConfig> = {},
  bounds: {
    readonly heldRecordsMax?: number;
    readonly streamsMax?: number;
    readonly startedMs?: number;
  } = {},
): ThinnedRequests {
  const config = { ...samplingConfig.parse({ enabled: true, undecided: "sample" }), ...changes };
  const timers = new Set<() => void>();
  const early: Record<string, number> = {};
  let missed = 0;
  let nowMs = 0;
  const thinning = createThinning(config, {
    heldRecordsMax: bounds.heldRecordsMax ?? 1_000_000,
    streamsMax: bounds.streamsMax ?? 1_000,
    now: () => nowMs,
    later(_, callback) {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    onEarly: (reason, records) => {
      early[reason] = (early[reason] ?? 0) + records;
    },
    onMissed: (records) => {
      missed += records;
    },
  });
  nowMs = bounds.startedMs ?? SETTLING_MS;
  const places: { readonly place: ThinningPlace; readonly records: readonly ThinRecord[] }[] = [];
  const standings = new Map<number, readonly Standing[]>();
  const gone: number[] = [];
  return {
    enter(records, bytes = records.length) {
      places.push({
        records,
        place: thinning.enter({ records: records.length, bytes, parsed: parsedOf(records) }),
      });
      return places.length - 1;
    },
    tell(request) {
      const held = places[request];
      if (held === undefined) throw new Error(`no request ${request}`);
      const goOn = async () => {
        const told = await held.place.judged({ findings: findingsOf(held.records), isReliable: () => true });
        await held.place.inTurn();
        standings.set(request, told);
        gone.push(request);
        held.place.leave();
      };
      void goOn();
    },
    timeIsUp() {
      for (const fire of [...timers]) fire();
    },
    get timers() {
      return timers.size;
    },
    standings,
    gone,
    thinning,
    early,
    missed: () => missed,
  };
}

/** Until everything that can go on has gone on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
