/** Why the brokers did not do what they were asked, or that they were not reached. */
export interface KafkaProblem {
  /** The protocol's names of the errors, such as MESSAGE_TOO_LARGE; none where no broker has answered. */
  readonly errors: readonly string[];
  /** One line, without the contents of messages and without credentials. */
  readonly text: string;
}

/** Nested deeper than this it is none of the client's errors. */
const DEPTH_MAX = 8;

/** What a rejection of the client means: it names what each of its tries, and each broker, has said. */
export function kafkaProblemOf(cause: unknown): KafkaProblem {
  const leaves = leavesOf(cause, 0);
  const errors = [...new Set(leaves.flatMap(({ id }) => (id === undefined ? [] : [id])))];
  const texts = new Set(leaves.map(({ id, message }) => (id === undefined ? message : `${id}: ${message}`)));
  return { errors, text: [...texts].join("; ") };
}

interface Leaf {
  readonly id: string | undefined;
  readonly message: string;
}

function leavesOf(cause: unknown, depth: number): readonly Leaf[] {
  if (cause instanceof AggregateError && depth < DEPTH_MAX && cause.errors.length > 0)
    return cause.errors.flatMap((one: unknown) => leavesOf(one, depth + 1));
  if (!(cause instanceof Error)) return [{ id: undefined, message: String(cause) }];
  const id = "apiId" in cause && typeof cause.apiId === "string" ? cause.apiId : undefined;
  const root = cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
  return [{ id, message: `${cause.message}${root}` }];
}
