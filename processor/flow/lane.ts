/** A request's share of the records in work. */
export interface Place {
  /** Its records are learned from, or given up; may be called again. */
  leave(): void;
}

/** Where requests change what the stage knows: one after the other, in the order of their arrival, and only so many at a time. */
export interface Lane {
  /**
   * Undefined when too many records are in work. One request that has more than the bound is let in when it is alone, else
   * it would never be.
   */
  enter(records: number): Place | undefined;
  /** Does one piece of work after the other, in the order of the calls, whatever became of the one before. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Records that are being scored, forwarded or learned from. */
  readonly recordsInWork: number;
  /** When all work called for so far has ended. */
  drained(): Promise<void>;
}

export function createLane(recordsMax: number): Lane {
  let recordsInWork = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    enter(records) {
      if (recordsInWork > 0 && recordsInWork + records > recordsMax) return undefined;
      recordsInWork += records;
      let held = records;
      return {
        leave() {
          recordsInWork -= held;
          held = 0;
        },
      };
    },
    inTurn(work) {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
    get recordsInWork() {
      return recordsInWork;
    },
    drained: () => last.then(() => undefined),
  };
}
