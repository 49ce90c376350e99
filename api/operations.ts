import { setTimeout } from "node:timers/promises";
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type ValidationRule,
} from "graphql";
import type { SubscribePayload } from "graphql-ws";
import type { Principal } from "./access/principal.ts";
import { readDocument } from "./access/query-limits.ts";
import { refusalOf } from "./access/refusal-of.ts";
import { type Turns, UNSENT_BYTES_MAX } from "./access/turns.ts";
import { userError } from "./graphql/errors.ts";
import { subscribePerEvent } from "./per-event.ts";

/** How long an event waits before it is looked whether callers have taken what waited for them. */
const ROOM_WAIT_MS = 250;

/** What operations over WebSockets need. */
export interface OperationPorts {
  readonly schema: GraphQLSchema;
  readonly rules: readonly ValidationRule[];
  /** Of one connection. */
  readonly operationsMax: number;
  readonly context: (principal: Principal) => unknown;
  readonly turns: Turns;
  /** Those of subscriptions' events, which are never refused one: of each subscription one waits at most. */
  readonly eventTurns: Turns;
  /** Bytes of answers that wait for all callers. */
  readonly unsentBytes: () => number;
}

/** Who has been let in, and what is worked on for them. */
export interface Admitted {
  readonly principal: Principal;
  /** The connection's operations by their ids: what graphql-ws counts it forgets when the caller gives it up. */
  readonly underWay: Map<string, UnderWay>;
}

interface UnderWay {
  /** Given up, and its id used for another one: what is asked of the id is about that one. */
  isOvertaken: boolean;
}

/** A connection, as far as its operations are about it. */
export interface OfConnection {
  /** Those that the caller still waits for, by their ids. */
  readonly subscriptions: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly principal: Principal;
  readonly mark: UnderWay;
  isWanted(): boolean;
  end(): void;
}

/** The operations that come over WebSockets: what is done of them, and when. */
export interface Operations {
  /** What can be done, or why it is not. Counts from here on until it has been done. */
  begin(
    connection: OfConnection,
    admitted: Admitted,
    id: string,
    payload: SubscribePayload,
  ): ExecutionArgs | readonly GraphQLError[];
  /** A query or a mutation. */
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  subscribe(args: ExecutionArgs): ReturnType<typeof subscribePerEvent>;
}

/** Operations that take turns with those over HTTP. */
export function createOperations(ports: OperationPorts): Operations {
  const { schema, rules, operationsMax, context, turns, eventTurns, unsentBytes } = ports;
  const begun = new WeakMap<ExecutionArgs, Operation>();
  const hasRoom = () => unsentBytes() <= UNSENT_BYTES_MAX;
  const operationOf = (args: ExecutionArgs): Operation => {
    const operation = begun.get(args);
    if (operation === undefined) throw new Error("an operation that was not begun");
    return operation;
  };
  return {
    begin(connection, { principal, underWay }, id, payload) {
      const before = underWay.get(id);
      if (before !== undefined) {
        before.isOvertaken = true;
        return [idUnderWay()];
      }
      const open = Math.max(Object.keys(connection.subscriptions).length, underWay.size + 1);
      if (open > operationsMax) return [tooManyOperations(operationsMax)];
      const args = toExecution(payload, principal, schema, rules);
      if (!("schema" in args)) return args;
      const mark = { isOvertaken: false };
      underWay.set(id, mark);
      begun.set(args, {
        principal,
        mark,
        isWanted: () => !mark.isOvertaken && id in connection.subscriptions,
        end: () => {
          // A subscription may end several times, later ones after its id went to another.
          if (underWay.get(id) === mark) underWay.delete(id);
        },
      });
      return args;
    },
    async execute(args) {
      const { mark, isWanted, end } = operationOf(args);
      try {
        if (turns.isFull()) return { errors: [tooManyWaiting()] };
        const result = await turns.take(async () => {
          if (!isWanted()) return { data: null };
          return hasRoom() ? await execute(args) : { errors: [tooMuchUnsent()] };
        });
        return mark.isOvertaken ? { errors: [idUnderWay()] } : result;
      } finally {
        end();
      }
    },
    subscribe(args) {
      const { principal, end } = operationOf(args);
      return subscribePerEvent(args, {
        newContext: () => context(principal),
        async inTurn(work, isWanted) {
          while (isWanted()) {
            const result = await eventTurns.take(async () => (isWanted() && hasRoom() ? work() : undefined));
            if (result !== undefined) return result;
            // Outside its turn: others have room no sooner, but those who left are seen.
            await setTimeout(ROOM_WAIT_MS, undefined, { ref: false });
          }
          return undefined;
        },
        onEnd: end,
      });
    },
  };
}

/** Done here, because what graphql-ws parses itself and fails to closes the connection, with all its other operations. */
function toExecution(
  { query, operationName, variables }: SubscribePayload,
  principal: Principal,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
): ExecutionArgs | readonly GraphQLError[] {
  const document = readDocument(query, schema, rules);
  if (!("kind" in document)) return document;
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return [noOperation()];
  const refused = refusalOf(operation, principal);
  if (refused !== undefined) return [refused];
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null };
}

/** With the code that Apollo gives over HTTP. */
function noOperation(): GraphQLError {
  return new GraphQLError("The document has no such operation, or several and none was named.", {
    extensions: { code: "OPERATION_RESOLUTION_FAILURE" },
  });
}

function tooManyOperations(max: number): GraphQLError {
  return userError(
    "UNAVAILABLE",
    `This connection has ${max} operations open already.`,
    "Close one of them, or open another connection.",
  );
}

function idUnderWay(): GraphQLError {
  return userError(
    "UNAVAILABLE",
    "The operation that was given up under this id is still under way.",
    "Use another id, or try again in a moment.",
  );
}

function tooManyWaiting(): GraphQLError {
  return userError("UNAVAILABLE", "Too many operations wait for their turn.", "Try again in a second.");
}

function tooMuchUnsent(): GraphQLError {
  return userError(
    "UNAVAILABLE",
    "Too many answers wait for callers who do not take them.",
    "Try again in a moment.",
  );
}
