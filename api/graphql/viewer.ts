import type { Context } from "./context.ts";

/** Query.viewer: who asks. */
export const viewer = {
  Query: {
    viewer: (_: unknown, __: unknown, { principal }: Context) => ({
      name: principal.name,
      canWrite: principal.role === "write",
    }),
  },
};
