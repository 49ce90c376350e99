import { generateNormal } from "../../cli/generate/generate-normal.ts";
import { toResources } from "../../cli/generate/to-resources.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";

/** So many records come in {@link normalRequests}. */
export const RECORDS = 5_000;
const RECORDS_A_REQUEST = 100;

/** Requests of a normal stream of several services, enough that verdicts on each can be trusted. */
export function normalRequests(seed: number): readonly Uint8Array[] {
  const records = generateNormal({ seed, records: RECORDS, startMs: Date.now() - 600_000 });
  return Array.from({ length: RECORDS / RECORDS_A_REQUEST }, (_, at) =>
    encodeRequest(toResources(records.slice(at * RECORDS_A_REQUEST, (at + 1) * RECORDS_A_REQUEST))),
  );
}
