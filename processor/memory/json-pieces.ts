import { isStateList } from "../template/state-list.ts";

/** Members of an array that are written as one piece. */
const MEMBERS_MAX = 64;

/** From which on the members of a list are a piece. */
const PIECE_CHARACTERS = 8_192;

/** A state's JSON in pieces that each take little time to make; joined they are `JSON.stringify(state)`. */
export function* jsonPieces(state: unknown): Generator<string> {
  if (isStateList(state)) yield* listPieces(state);
  else if (Array.isArray(state) && (state.length > MEMBERS_MAX || state.some((one) => isLong(one))))
    yield* arrayPieces(state);
  else if (isRecord(state) && Object.values(state).some((one) => isLong(one))) yield* recordPieces(state);
  else yield JSON.stringify(state) ?? "null";
}

/** Whether there is a list in it that had better be cut; looked for no deeper than states have them. */
function isLong(value: unknown, depth = 2): boolean {
  if (isStateList(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) && value.length > MEMBERS_MAX) return true;
  return depth > 0 && Object.values(value).some((one) => isLong(one, depth - 1));
}

function* listPieces(list: Iterable<unknown>): Generator<string> {
  let text = "[";
  let separator = "";
  for (const member of list) {
    text += separator;
    separator = ",";
    if (isLong(member)) {
      yield text;
      text = "";
      yield* jsonPieces(member);
    } else text += JSON.stringify(member) ?? "null";
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = "";
  }
  yield `${text}]`;
}

function* arrayPieces(members: readonly unknown[]): Generator<string> {
  for (let at = 0; at < members.length; at += MEMBERS_MAX) {
    const some = members.slice(at, at + MEMBERS_MAX);
    yield at === 0 ? "[" : ",";
    if (some.some((one) => isLong(one))) yield* memberPieces(some);
    else yield JSON.stringify(some).slice(1, -1);
  }
  yield "]";
}

function* memberPieces(members: readonly unknown[]): Generator<string> {
  for (const [index, member] of members.entries()) {
    if (index > 0) yield ",";
    yield* jsonPieces(member);
  }
}

function* recordPieces(record: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{";
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* jsonPieces(value);
    before = ",";
  }
  yield "}";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("toJSON" in value);
}
