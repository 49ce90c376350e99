import { bySession } from "../../../processor/window/by-session.ts";
import { openStream } from "../../../processor/window/open-stream.ts";
import type { ParsedRecord, SequenceWindow } from "../../../processor/window/sequence-window.ts";
import type { Unit } from "../evaluation-set.ts";

/** The stage's defaults (window.size, window.step). */
const LIMITS = { size: 20, step: 5, maxSessionEvents: Number.POSITIVE_INFINITY };
/** A unit is one session, however long it is silent within. */
const NEVER_IDLE = bySession(Number.POSITIVE_INFINITY);
/** All units of a set come from one service. */
const SERVICE = "evaluated";

/** The windows that the stage would cut from a unit's records, the end of the session included. */
export function unitWindows(
  unit: Unit,
  templates: readonly string[],
  isSession: boolean,
): readonly SequenceWindow[] {
  const stream = openStream({ service: SERVICE, stream: unit.stream ?? "" }, NEVER_IDLE, LIMITS);
  const records = unit.events.map(
    (event, index): ParsedRecord => ({
      recordIndex: index,
      service: SERVICE,
      stream: unit.stream ?? "",
      match: {
        templateId: String(event),
        template: templates[event] ?? "",
        parameters: unit.parameters?.[index] ?? [],
        isNew: false,
      },
      timeMs: unit.timesMs?.[index] ?? 0,
      severityNumber: unit.severities?.[index] ?? 0,
    }),
  );
  const windows = stream.push(records, 0);
  const end = stream.close();
  const all = end === undefined ? windows : [...windows, end];
  // Where a window of time begins says nothing of the stream that it was cut from.
  return isSession ? all : all.map((window) => ({ ...window, isStart: false }));
}
