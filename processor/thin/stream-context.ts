/** What a record is to thinning; unknown: it has no verdict, or one that is not to be relied on. */
export type Standing = "anomaly" | "context" | "unknown" | "rest";
/** All of them. */
export const STANDINGS: readonly Standing[] = ["anomaly", "context", "unknown", "rest"];
/** What is said of a record before its neighbours are looked at. */
export type Opinion = "anomalous" | "normal" | "unknown";

/** The place of one record; detached from its request once that is known. */
export interface Slot {
  /** Undefined while an anomaly may still follow. */
  standing: Standing | undefined;
  /** Decided before as many records had followed as it takes. */
  isEarly: boolean;
  /** Told when it is decided; undefined from then on. */
  holder: SlotHolder | undefined;
}

/** A request that waits for its records. */
export interface SlotHolder {
  decided(slot: Slot): void;
}

/** One stream's last records, and what an anomaly among them still asks for. */
export interface StreamContext {
  /** The next record of the stream. */
  add(slot: Slot, opinion: Opinion): void;
  /** What the last records belong to has ended oddly: they are its context. */
  markLast(): void;
  /** Those of its records that are not decided yet. */
  open(): readonly Slot[];
}

/**
 * Which records of a stream are an anomaly, and which stand within `contextRecords` of one. Whether a record is context must not
 * depend on its randomness: else the counts of what is kept would be wrong.
 *
 * @param isMidway whether an anomaly may have come just before: then the first records are kept
 * @param onMissed told how many records turned out to be context after they had been decided
 */
export function createStreamContext(
  contextRecords: number,
  isMidway: boolean,
  onMissed: (records: number) => void,
): StreamContext {
  /** The last ones, oldest first. */
  const last: Slot[] = [];
  let owed = isMidway ? contextRecords : 0;
  let owedAs: Standing = "unknown";

  const standingOf = (opinion: Opinion): Standing | undefined => {
    if (opinion === "anomalous") return "anomaly";
    if (opinion === "unknown") return "unknown";
    if (owed > 0) return owedAs;
    return contextRecords === 0 ? "rest" : undefined;
  };
  const markLast = (): void => {
    let missed = 0;
    for (const slot of last) {
      if (slot.standing === undefined) decide(slot, "context");
      else if (slot.isEarly) {
        missed += 1;
        slot.isEarly = false;
      }
    }
    if (missed > 0) onMissed(missed);
  };

  return {
    add(slot, opinion) {
      const standing = standingOf(opinion);
      if (standing !== undefined) decide(slot, standing);
      if (standing === "anomaly") {
        markLast();
        owed = contextRecords;
        owedAs = "context";
      } else if (owed > 0) owed -= 1;
      last.push(slot);
      if (last.length <= contextRecords) return;
      const left = last.shift();
      if (left?.standing === undefined && left !== undefined) decide(left, "rest");
    },
    markLast,
    open: () => last.filter(({ standing }) => standing === undefined),
  };
}

/** Says what a record is, once. */
export function decide(slot: Slot, standing: Standing): void {
  const { holder } = slot;
  slot.standing = standing;
  slot.holder = undefined;
  holder?.decided(slot);
}
