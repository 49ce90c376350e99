/** What a verification has seen so far. */
export interface Findings {
  request(): void;
  record(records?: number): void;
  /** Records that did not come out, and were not to: sampling left them out. */
  leftOut(records?: number): void;
  /** @param where path of what differs; never content */
  differs(where: string, problem: string): void;
  readonly requests: number;
  readonly records: number;
  readonly recordsLeftOut: number;
  readonly differences: number;
  /** The first differences, one a line. */
  readonly told: readonly string[];
}

/** @param toldMax so many differences are kept to be told */
export function createFindings(toldMax: number): Findings {
  const told: string[] = [];
  let requests = 0;
  let records = 0;
  let recordsLeftOut = 0;
  let differences = 0;
  return {
    request: () => void requests++,
    record: (more = 1) => {
      records += more;
    },
    leftOut: (more = 1) => {
      recordsLeftOut += more;
    },
    differs(where, problem) {
      differences++;
      if (told.length < toldMax) told.push(`${where}: ${problem}`);
    },
    get requests() {
      return requests;
    },
    get records() {
      return records;
    },
    get recordsLeftOut() {
      return recordsLeftOut;
    },
    get differences() {
      return differences;
    },
    told,
  };
}
