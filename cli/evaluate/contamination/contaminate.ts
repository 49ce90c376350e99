import type { Random } from "../../generate/random.ts";
import type { Unit } from "../evaluation-set.ts";

/**
 * Training units of which some, at random places, are replaced by others, in the others' order; the rest stay as they are.
 * What takes a place takes its stream and its time too. The same random values give the same places, and fewer others take
 * the first of them.
 *
 * @throws Error for more others than units
 */
export function contaminate(
  train: readonly Unit[],
  others: readonly Unit[],
  random: Random,
): readonly Unit[] {
  if (others.length > train.length)
    throw new Error(`${others.length} units cannot take the places of ${train.length}`);
  const places = [...train.keys()]
    .map((place) => ({ place, key: random.next() }))
    .sort((a, b) => a.key - b.key);
  const changed = [...train];
  for (const [i, other] of others.entries()) {
    const { place } = places[i] ?? { place: 0 };
    const replaced = train[place];
    if (replaced !== undefined) changed[place] = inPlaceOf(replaced, other);
  }
  return changed;
}

function inPlaceOf(replaced: Unit, { stream: _, timesMs = [], ...unit }: Unit): Unit {
  const [begin, ownBegin] = [replaced.timesMs?.[0], timesMs[0]];
  const isTimed = begin !== undefined && ownBegin !== undefined;
  return {
    ...unit,
    ...(replaced.stream !== undefined && { stream: replaced.stream }),
    ...(isTimed && { timesMs: timesMs.map((time) => time - ownBegin + begin) }),
  };
}
