import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Where both want the processors, the stage comes before this process; a tenth of one is left for probes. All of its threads that
 * there are, which those inherit it from that start later.
 *
 * @param pid undefined: a process that could not be started
 */
export function lowerPriority(pid: number | undefined): void {
  for (const id of pid === undefined ? [] : threadsOf(pid)) {
    try {
      setPriority(id, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended already, or the system does not let us: then it competes, and its own end is told as ever.
    }
  }
}

/** Linux has a priority for each thread; where no threads can be told, what is said of the process holds for it. */
function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
