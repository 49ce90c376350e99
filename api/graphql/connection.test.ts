import fc from "fast-check";
import { GraphQLError } from "graphql";
import { describe, expect, it } from "vitest";
import type { Page } from "../../store/store.ts";
import { createRowBudget } from "../access/row-budget.ts";
import { apiConfig } from "../config.ts";
import { type PageArguments, paginate } from "./connection.ts";

const listing = (rows: readonly number[], name = "row") => ({
  name,
  key: /^\d{1,6}$/,
  keyOf: String,
  read: async ({ first, after }: Page<string>) =>
    rows.filter((row) => after === undefined || row < Number(after)).slice(0, first),
});
const context = () => ({ config: apiConfig.parse({}), rows: createRowBudget(2_000) });
const page = (args: PageArguments, rows: readonly number[] = [3, 2, 1]) =>
  paginate(args, context(), listing(rows));

async function codeOf(asked: Promise<unknown>): Promise<unknown> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  return error instanceof GraphQLError ? error.extensions["code"] : error;
}

describe("a page", () => {
  it.each([-1, 0, 501, 1e9])("has no size %d", async (first) => {
    expect(await codeOf(page({ first }))).toBe("BAD_USER_INPUT");
  });

  it("does not begin after what is no cursor, whatever that is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (after) => {
        fc.pre(!/^\d{1,6}$/.test(Buffer.from(after, "base64url").toString().replace("row:", "")));
        expect(await codeOf(page({ after }))).toBe("BAD_USER_INPUT");
      }),
    );
  });

  it("does not begin after the cursor of another list, or one with something added", async () => {
    const { pageInfo } = await paginate({ first: 1 }, context(), listing([3, 2, 1], "other"));
    expect(await codeOf(page({ after: pageInfo.endCursor }))).toBe("BAD_USER_INPUT");
    const own = (await page({ first: 1 })).pageInfo.endCursor;
    expect(await codeOf(page({ after: own }))).toMatchObject({ nodes: [2, 1] });
    expect(await codeOf(page({ after: `${own}!` }))).toBe("BAD_USER_INPUT");
  });

  it("is not read when the operation has no rows left for it", async () => {
    const shared = context();
    for (let i = 0; i < 4; i++) await paginate({ first: 500 }, shared, listing([1]));
    expect(await codeOf(paginate({ first: 1 }, shared, listing([1])))).toBe("BAD_USER_INPUT");
  });

  it("of an empty list has no cursors and no neighbours", async () => {
    expect(await page({}, [])).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it("follows the one before until each row was there once, whatever the size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 99_999 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 45 }),
        async (unordered, first) => {
          const rows = [...unordered].sort((a, b) => b - a);
          const seen: number[] = [];
          let after: string | null = null;
          for (;;) {
            const { nodes, pageInfo } = await page({ first, after }, rows);
            seen.push(...nodes);
            expect(pageInfo.hasPreviousPage).toBe(after !== null);
            if (!pageInfo.hasNextPage) break;
            after = pageInfo.endCursor;
          }
          expect(seen).toEqual(rows);
        },
      ),
    );
  });
});
