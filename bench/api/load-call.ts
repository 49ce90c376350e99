import { z } from "zod";

/** What a client that asks much is told. */
export const loadCall = z.discriminatedUnion("kind", [
  /** Opens its subscriptions and begins to ask; answered once the first query was. */
  z.object({ kind: z.literal("start"), url: z.url() }),
  z.object({ kind: z.literal("stop") }),
]);
export type LoadCall = z.infer<typeof loadCall>;

/** What it has had since its start. */
export const loadAnswer = z.object({
  anomalies: z.int(),
  records: z.int(),
  queries: z.int(),
  /** Queries that were refused or failed. */
  failures: z.int(),
});
export type LoadAnswer = z.infer<typeof loadAnswer>;

/** What the other program on the machine is told. */
export const neighbourCall = z.object({ kind: z.enum(["start", "stop"]) });
export type NeighbourCall = z.infer<typeof neighbourCall>;
