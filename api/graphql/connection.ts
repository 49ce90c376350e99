import type { Page } from "../../store/store.ts";
import type { Context } from "./context.ts";
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

/** What a connection lists: the rows of a page, and which key a row's cursor stands for. */
export interface Listing<Node> {
  /** Names the list in its cursors, so that those of another list are refused. */
  readonly name: string;
  /** What keys look like. */
  readonly key: RegExp;
  readonly keyOf: (node: Node) => string;
  readonly read: (page: Page<string>) => Promise<readonly Node[]>;
}

/**
 * One page. Reads one row more than asked for, to know whether another page follows.
 * @throws a BAD_USER_INPUT error for a size out of range, more rows than the operation may have, or a cursor that is none of this list's
 */
export async function paginate<Node>(
  { first, after }: PageArguments,
  { config, rows: budget }: Pick<Context, "config" | "rows">,
  { name, key, keyOf, read }: Listing<Node>,
): Promise<Connection<Node>> {
  const size = first ?? DEFAULT_PAGE_SIZE;
  const maxPageSize = config.max_page_size;
  if (size < 1 || size > maxPageSize)
    throw userError(
      "BAD_USER_INPUT",
      `first: ${size} is not between 1 and ${maxPageSize}`,
      "Ask for another page size.",
    );
  budget.take(size);
  const isFirstPage = after === null || after === undefined;
  const rows = await read({ first: size + 1, after: isFirstPage ? undefined : decode(after, name, key) });
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({ cursor: encode(name, keyOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: !isFirstPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function encode(name: string, key: string): string {
  return Buffer.from(`${name}:${key}`).toString("base64url");
}

function decode(cursor: string, name: string, pattern: RegExp): string {
  const key = Buffer.from(cursor, "base64url")
    .toString("utf8")
    .slice(name.length + 1);
  // Encoding it again also refuses what base64 decoders leniently pass over.
  if (encode(name, key) === cursor && pattern.test(key)) return key;
  throw userError(
    "BAD_USER_INPUT",
    "after: this is no cursor of this list",
    "Use the endCursor of the page before.",
  );
}
