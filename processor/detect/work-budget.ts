/** How much may be done for one request. Counted and not timed, so that the same request always comes as far. */
export interface WorkBudget {
  /** Whether that much is left; then it is spent. */
  spend(work: number): boolean;
}

/** @param workMax in whatever the work is counted in */
export function createWorkBudget(workMax: number): WorkBudget {
  let left = workMax;
  return {
    spend(work) {
      if (work > left) return false;
      left -= work;
      return true;
    },
  };
}
