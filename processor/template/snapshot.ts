import { z } from "zod";
import type { MinerSnapshot, StoredTemplate } from "./template-miner.ts";

const storedTemplates = z.array(
  z.strictObject({
    id: z.string().min(1),
    tokens: z.array(z.string()),
    count: z.int().nonnegative(),
    branch: z.array(z.string()).optional(),
  }),
);

const minerSnapshot = z.strictObject({
  version: z.literal(1),
  templates: storedTemplates,
  evicted: storedTemplates.default([]),
  tombstones: z.array(z.string()),
});

/** Validates what was read from the store. Throws an Error that names the field. */
export function parseMinerSnapshot(json: unknown): MinerSnapshot {
  const result = minerSnapshot.safeParse(json);
  if (result.success) return result.data;
  throw new Error(`no template snapshot of this version: ${z.prettifyError(result.error)}`);
}

/** Validates templates that were written down by themselves. Throws an Error that names the field. */
export function parseStoredTemplates(json: unknown): readonly StoredTemplate[] {
  const result = storedTemplates.safeParse(json);
  if (result.success) return result.data;
  throw new Error(`no templates of this version: ${z.prettifyError(result.error)}`);
}
