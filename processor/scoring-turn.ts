import type { Gathering, Waiting } from "./flow/gathering.ts";
import type { Lane } from "./flow/lane.ts";
import {
  type Asked,
  askDetectors,
  type CutRequest,
  cutRecords,
  type Scored,
  type ScoringRooms,
  unscored,
} from "./scoring.ts";
import type { Repeats } from "./window/repeats.ts";
import type { Windower } from "./window/sequence-window.ts";
import type { RecordView } from "./wire/record-view.ts";

/** A request that waits for its turn in the lane. */
export interface ToScore {
  readonly records: readonly RecordView[];
  /** Whether one of its senders is still there. */
  readonly isAwaited: () => boolean;
  /** What was taken before; undefined where that does not matter. */
  readonly repeats: Repeats | undefined;
}

/** What became of it there; gone: nobody waits for it any more, and nothing of it has been looked at. */
export type Turn = Asked | Scored | "gone";

/** The rooms, and the place where small requests wait for each other. */
export interface ScoringTurnRooms extends ScoringRooms {
  readonly toScore: Gathering<ToScore, Turn>;
}

/** The request's turn in the lane: here, and when it teaches, what the stage knows is changed, in the order of arrival. */
export function takeTurn(request: ToScore, rooms: ScoringTurnRooms): Promise<Turn> {
  return rooms.toScore.add(request, request.records.length, (waiting) => scoreTogether(waiting, rooms));
}

async function scoreTogether(waiting: readonly Waiting<ToScore, Turn>[], rooms: ScoringRooms): Promise<void> {
  const inTime: { readonly one: Waiting<ToScore, Turn>; readonly cut: CutRequest }[] = [];
  for (const one of waiting) {
    const cut = await cutInTime(one, rooms);
    if (typeof cut === "object" && "windows" in cut) inTime.push({ one, cut });
    else one.answer(cut);
  }
  if (inTime.length === 0) return;
  try {
    const asked = await askDetectors(
      inTime.map(({ cut }) => cut),
      rooms,
    );
    for (const [at, { one }] of inTime.entries()) one.answer(asked[at] ?? "gone");
  } catch (cause) {
    for (const { one } of inTime) one.answer(unscored([], one.item.records.length, "failed", cause));
  }
}

/** The request with its windows, or what becomes of it without being scored. */
async function cutInTime(
  { item: { records, isAwaited, repeats }, waitedMs }: Waiting<ToScore, Turn>,
  rooms: ScoringRooms,
): Promise<CutRequest | Scored | "gone"> {
  if (!isAwaited()) return "gone";
  try {
    const cut = await cutRecords(records, rooms, repeats);
    if (waitedMs <= rooms.scoringBudgetMs) return cut;
    const cause = new Error(`it had waited for ${Math.round(waitedMs)} ms when its turn came`);
    return unscored(cut.parsed, records.length, "overload", cause);
  } catch (cause) {
    return unscored([], records.length, "failed", cause);
  }
}

/** Nothing of a request is looked at, and what follows on its records must not be judged as if they had not been. */
export function passBy(
  records: number,
  { windower, lane }: { readonly windower: Windower; readonly lane: Pick<Lane, "recordsInWork"> },
): Scored {
  windower.skip();
  return unscored([], records, "overload", new Error(`${lane.recordsInWork} records are being worked on`));
}
