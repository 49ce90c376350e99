import type { SamplingConfig } from "./config.ts";
import { createDepartures } from "./departures.ts";
import { createHeldRequest, decideEarly, type HeldRequest, type RequestToThin } from "./held-request.ts";
import { createHolding, type HoldingPorts, standingAtBound } from "./holding.ts";
import { AT_START, oddEndsIn, opinionsOf, type ThinningFinding, type Told } from "./opinions.ts";
import type { Standing } from "./stream-context.ts";
import { createStreamTable, type StreamTable, type StreamTablePorts } from "./stream-table.ts";

/** Decides what of each stream is context of an anomaly, and holds requests until that is known. */
export interface Thinning {
  /** A request has had its turn: to be called in the order of arrival, before its verdicts are known. */
  enter(request: RequestToThin): ThinningPlace;
  /** Sessions that fell silent were judged. */
  fellSilent(findings: readonly ThinningFinding[]): void;
  /** Records pass that are not looked at: nothing waits any longer, and of no stream is known what came before. */
  skip(): void;
  /** From now on nothing waits. */
  stop(): void;
  readonly heldBytes: number;
}

/** A request's place. */
export interface ThinningPlace {
  /** What each of its records is. Waits until that is known, or for as long as it may. Rejects where its own verdicts break something. */
  judged(told: Told): Promise<readonly Standing[]>;
  /** Waits until those before it that share a stream with it have gone on. */
  inTurn(): Promise<void>;
  /** It has gone on, or never will. To be called in any case; more than once does no harm. */
  leave(): void;
}

/** What thinning needs. */
export type ThinningPorts = HoldingPorts & Pick<StreamTablePorts, "streamsMax" | "now" | "onMissed">;

/** @param config `context_records`, and the bounds of waiting */
export function createThinning(config: SamplingConfig, ports: ThinningPorts): Thinning {
  const streams = createStreamTable({
    ...ports,
    contextRecords: config.context_records,
    onForgotten(slots) {
      const records = decideEarly(slots, standingAtBound(config));
      if (records > 0) ports.onEarly("memory", records);
    },
  });
  const holding = createHolding(config, ports);
  const departures = createDepartures();
  /** Requests that are not placed yet, in the order of arrival: verdicts come in another. */
  const judging: HeldRequest[] = [];
  const placeNext = () => {
    for (let next = judging[0]; next?.told !== undefined; next = judging[0]) {
      judging.shift();
      try {
        place(next, next.told, streams);
        holding.hold(next);
      } catch (cause) {
        // It is another request's verdict, perhaps, that has come.
        next.fail(cause);
      }
    }
  };
  const tell = (request: HeldRequest, told: Told) => {
    request.told ??= told;
    placeNext();
  };

  return {
    enter(toThin) {
      const request = createHeldRequest(toThin);
      const departure = departures.queueUp(request.parsed);
      if (request.parsed.length > 0) judging.push(request);
      return {
        async judged(told) {
          tell(request, told);
          await request.allDecided;
          return request.slots.map(({ standing }) => standing ?? "unknown");
        },
        inTurn: departure.inTurn,
        leave() {
          departure.leave();
          tell(request, NOTHING_KNOWN);
        },
      };
    },
    fellSilent(findings) {
      for (const { recordIndex, window, verdict } of findings)
        if (recordIndex === undefined && verdict.isAnomaly) streams.of(window).markLast();
    },
    skip() {
      holding.decideAll("memory");
      streams.clear();
    },
    stop: holding.stop,
    get heldBytes() {
      return holding.bytes;
    },
  };
}

const NOTHING_KNOWN: Told = { findings: [], isReliable: () => false };

/** Gives the request's records to their streams, in their order. */
function place(request: HeldRequest, told: Told, streams: StreamTable): void {
  const opinions = opinionsOf(request.records, told);
  const ends = oddEndsIn(told.findings);
  const markEnds = (at: number) => {
    for (const end of ends.get(at) ?? []) streams.of(end).markLast();
  };
  markEnds(AT_START);
  for (const record of request.parsed) {
    const slot = request.slots[record.recordIndex];
    if (slot !== undefined) streams.of(record).add(slot, opinions[record.recordIndex] ?? "unknown");
    markEnds(record.recordIndex);
  }
}
