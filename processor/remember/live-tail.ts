import type { LiveRecord } from "../../store/live-record.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import type { ShownTexts } from "./to-anomaly.ts";
import { toLiveRecords } from "./to-live-records.ts";

/** What a live tail is built from. */
export interface LiveTailPorts {
  /** Shows records to live views; must not wait. Undefined while nobody looks. */
  readonly live: () => ((records: readonly LiveRecord[]) => void) | undefined;
  readonly redactor: ShownTexts;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Does it when what is at hand is done. */
  readonly later: (work: () => void) => void;
  readonly onError: (cause: unknown) => void;
}

/** More than anybody reads. */
export const LIVE_RECORDS_PER_SECOND = 100;
/** Records of one request that a live view shows; anomalies come first. */
const RECORDS_PER_REQUEST_MAX = 50;
const SECOND_MS = 1_000;

/**
 * Shows what goes through to those who look, and costs next to nothing while nobody does. Every anomaly is shown, as far as one
 * request has room for it; what else is shown are at most {@link LIVE_RECORDS_PER_SECOND}. An answer that is ready goes out before
 * anything of it is done.
 */
export function createLiveTail({
  live,
  redactor,
  now,
  later,
  onError,
}: LiveTailPorts): (request: ExportRequest, judged: Judged) => void {
  let left = LIVE_RECORDS_PER_SECOND;
  let countedAtMs = now();
  const fill = () => {
    const atMs = now();
    left = Math.min(
      LIVE_RECORDS_PER_SECOND,
      left + ((atMs - countedAtMs) * LIVE_RECORDS_PER_SECOND) / SECOND_MS,
    );
    countedAtMs = atMs;
  };
  const show = (request: ExportRequest, judged: Judged) => {
    const told = live();
    if (told === undefined) return;
    fill();
    const odd = Math.min(RECORDS_PER_REQUEST_MAX, judged.anomalies.length);
    const room = Math.max(odd, Math.min(RECORDS_PER_REQUEST_MAX, Math.floor(left)));
    if (room === 0) return;
    const records = toLiveRecords(request, judged, redactor, room);
    // Anomalies are shown beyond what is left, and not made up for.
    left = Math.max(0, left - records.length);
    told(records);
  };
  return (request, judged) => {
    if (live() === undefined) return;
    later(() => {
      try {
        show(request, judged);
      } catch (cause) {
        onError(cause);
      }
    });
  };
}
