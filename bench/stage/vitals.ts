import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { threadId } from "node:worker_threads";

/** Loaded into a process under test before its program (node --import): writes what only the process itself knows, once a second,
 * into the directory that the import's query names; a file for each thread, since each has a heap of its own. */
const INTERVAL_MS = 1_000;
const RESOLUTION_MS = 5;
const BYTES_PER_MIB = 1024 * 1024;
const NANOSECONDS_PER_MILLISECOND = 1e6;

const directory = new URL(import.meta.url).searchParams.get("directory");
if (directory !== null) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const file = join(directory, `${process.pid}-${threadId}.json`);
  let dueAt = performance.now() + INTERVAL_MS;
  setInterval(() => {
    const lateMs = performance.now() - dueAt;
    dueAt = performance.now() + INTERVAL_MS;
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    const vitals = {
      heapUsedMiB: heapUsed / BYTES_PER_MIB,
      heapTotalMiB: heapTotal / BYTES_PER_MIB,
      externalMiB: external / BYTES_PER_MIB,
      // The histogram has the times between two ticks; a loop that never came round has not even this one in it.
      eventLoopDelayP99Ms: Math.max(
        delay.count === 0 ? lateMs : delay.percentile(99) / NANOSECONDS_PER_MILLISECOND - RESOLUTION_MS,
        0,
      ),
    };
    delay.reset();
    writeFileSync(`${file}.new`, JSON.stringify(vitals));
    renameSync(`${file}.new`, file);
  }, INTERVAL_MS).unref();
}
