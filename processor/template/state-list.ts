/**
 * A long list in a saved state. Its members are known from the start, the state of each is made when it is written down, so
 * that nobody waits for all of them at once: between two of them others may learn.
 */
export interface StateList<T> extends Iterable<T> {
  /** As JSON it is the array of its states. */
  toJSON(): readonly T[];
}

/** Reads as {@link StateList}; `stateOf` is asked anew by each reading. */
export function stateList<Member, T>(
  members: Iterable<Member>,
  stateOf: (member: Member) => T,
): StateList<T> {
  // A map that goes on changing would be read for ever.
  return new Members([...members], stateOf);
}

/** Whether a value is such a list. */
export function isStateList(value: unknown): value is StateList<unknown> {
  return value instanceof Members;
}

class Members<Member, T> implements StateList<T> {
  readonly #members: readonly Member[];
  readonly #stateOf: (member: Member) => T;
  constructor(members: readonly Member[], stateOf: (member: Member) => T) {
    this.#members = members;
    this.#stateOf = stateOf;
  }
  *[Symbol.iterator](): Iterator<T> {
    for (const member of this.#members) yield this.#stateOf(member);
  }
  toJSON(): readonly T[] {
    return [...this];
  }
}
