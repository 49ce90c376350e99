import type { Page } from "../../store/store.ts";
import { userError } from "./errors.ts";

/** Relay's connection (relay.dev/graphql/connections.htm), forward only. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** A page's arguments as the schema has them. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

const DEFAULT_PAGE_SIZE = 50;

/**
 * Reads one row more than asked for, to know whether another page follows.
 * @param keyOf what a cursor stands for, as text
 * @throws a BAD_USER_INPUT error for a size out of range or a cursor that is none of ours
 */
export async function paginate<Node>(
  { first, after }: PageArguments,
  maxPageSize: number,
  read: (page: Page<string>) => Promise<readonly Node[]>,
  keyOf: (node: Node) => string,
): Promise<Connection<Node>> {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > maxPageSize)
    throw userError(
      "BAD_USER_INPUT",
      `first: ${size} is not between 1 and ${maxPageSize}`,
      "Ask for smaller pages.",
    );
  const rows = await read({
    first: size + 1,
    after: after === null || after === undefined ? undefined : decode(after),
  });
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({ cursor: encode(keyOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const PREFIX = "after:";
const KEY = /^[0-9A-Za-z]{1,64}$/;

function encode(key: string): string {
  return Buffer.from(PREFIX + key).toString("base64url");
}

function decode(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const key = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || !KEY.test(key))
    throw userError("BAD_USER_INPUT", "after: this is no cursor", "Use the endCursor of the page before.");
  return key;
}
