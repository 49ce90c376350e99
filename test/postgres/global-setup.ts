import type { TestProject } from "vitest/node";
import { postgres, startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a server's database "postgres"; undefined where the machine has no PostgreSQL. */
    readonly postgresUrl: string | undefined;
  }
}

/** One server for all tests of the project, each in databases of its own. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { path, name, remedy } = postgres();
  if (path === undefined) {
    const reason = `needs ${name}; provide it by: ${remedy}`;
    if (process.env["CI"] === "true") throw new Error(`in CI nothing may be skipped: ${reason}`);
    process.stderr.write(`SKIPPED all tests of the project postgres: ${reason}\n`);
    return undefined;
  }
  const server = await startPostgres(path);
  provide("postgresUrl", server.url);
  return server.remove;
}
