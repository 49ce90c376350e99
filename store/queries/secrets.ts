import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** The secret of that name; the first one proposed stays. */
export async function keepSecret(db: Kysely<Tables>, name: string, proposal: string): Promise<string> {
  await db
    .insertInto("secrets")
    .values({ name, value: proposal })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return value;
}
