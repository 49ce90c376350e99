import type { Breathe } from "./flow/breathe.ts";
import { REQUEST_BYTES } from "./receive/limits.ts";
import type { Asked, Scored } from "./scoring.ts";
import type { Mark, Thinned } from "./thin/marks.ts";
import type { Standing } from "./thin/stream-context.ts";
import type { Thinning } from "./thin/thinning.ts";
import type { ExportRequest } from "./wire/record-view.ts";

/** Who decides what stays, and who draws the share and says so in the records. */
export interface Thinner {
  readonly thinning: Thinning;
  readonly mark: Mark;
  /** Whether a service has been learned well enough for its verdicts to be relied on. */
  readonly isLearned: (service: string) => boolean;
}

/** What is counted of a request's thinning, once its records are safe. */
export interface ThinnedCounts {
  /** Records that did not go on, because they were not to. */
  readonly leftOut: number;
  readonly standings: ReadonlyMap<Standing, number>;
}

/** A request that is thinned out. */
export interface ThinningTurn {
  /** Waits until it is known which records are context, or for as long as it may. Undefined: the request goes on whole. */
  thin(scored: Scored, breathe: Breathe): Promise<Thinned | undefined>;
  /** Waits until the requests before it that share a stream with it have gone on. */
  inTurn(): Promise<void>;
  /** The request has gone on, or never will. */
  leave(): void;
}

/** A request that has had its turn in the lane. */
export interface RequestInTurn {
  readonly request: ExportRequest;
  /** What became of it there. */
  readonly asked: Asked | Scored;
  /** False where too many records are in work: then it passes as it came. */
  readonly isLookedAt: boolean;
}

/**
 * To be called when the request has had its turn, in the order of arrival. Fails open: where thinning breaks, every record goes on.
 * @returns undefined where the request is not thinned out
 */
export function enterThinning(
  { request: { bytes, records }, asked, isLookedAt }: RequestInTurn,
  thinner: Thinner | undefined,
  onFailed: (cause: unknown) => void,
): ThinningTurn | undefined {
  if (thinner === undefined) return undefined;
  const { thinning, mark, isLearned } = thinner;
  try {
    if (!isLookedAt) thinning.skip();
    const parsed = "outcome" in asked ? asked.parsed : asked.judged.parsed;
    const place = thinning.enter({ records: records.length, bytes: REQUEST_BYTES + bytes.length, parsed });
    return {
      async thin({ judged: { findings }, absent }, breathe) {
        const isReliable = absent.size > 0 ? () => false : isLearned;
        try {
          return await mark(records, await place.judged({ findings, isReliable }), breathe);
        } catch (cause) {
          onFailed(cause);
          return undefined;
        }
      },
      inTurn: place.inTurn,
      leave: place.leave,
    };
  } catch (cause) {
    onFailed(cause);
    return undefined;
  }
}

/** @param thinned undefined where the request goes on as it came */
export function countsOf(thinned: Thinned | undefined): ThinnedCounts | undefined {
  return thinned === undefined ? undefined : { leftOut: thinned.leftOut.size, standings: thinned.counts };
}
