import { crc32 } from "node:zlib";
import type { Line } from "./streams.ts";

/** Which of the services an instance is of. */
export function serviceOf({ instance }: Line, services: readonly string[]): string {
  return services[crc32(instance) % services.length] ?? "";
}

/**
 * The lines in runs of `recordsEach` of one service each, in the order in which senders that batch by service would have them full;
 * a rest that fills no run is left out.
 */
export function apartByService(
  lines: readonly Line[],
  services: readonly string[],
  recordsEach: number,
): readonly Line[] {
  const waiting = new Map<string, Line[]>();
  const apart: Line[] = [];
  for (const line of lines) {
    const service = serviceOf(line, services);
    const run = waiting.get(service) ?? [];
    run.push(line);
    waiting.set(service, run);
    if (run.length < recordsEach) continue;
    apart.push(...run);
    waiting.delete(service);
  }
  return apart;
}
