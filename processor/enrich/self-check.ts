import { type Difference, findDifference } from "../wire/find-difference.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { isOurAttribute } from "./our-attributes.ts";

/** The enriched bytes of a request differ from it in more than our attributes: a mistake of the program. */
export class AlteredRequestError extends Error {
  override readonly name = "AlteredRequestError";
  constructor({ path, problem }: Difference) {
    super(
      `enrichment changed more than our attributes (${problem} in ${path === "" ? "the request" : path})`,
    );
  }
}

/** What the self-check needs. */
export interface SelfCheckPorts {
  readonly prefix: string;
  /** Keys that are written besides, by thinning. */
  readonly otherKeys?: readonly string[];
  /** Share of the requests that are checked, 0 to 1. */
  readonly share: number;
  /** Uniform in [0, 1): by chance, so that no sender with a rhythm is always passed over. */
  readonly random: () => number;
  readonly onChecked: (records: number) => void;
  readonly onMismatch: (records: number, error: AlteredRequestError) => void;
}

/**
 * Compares the enriched bytes of some requests with their own, by another reader than the one that wrote them.
 *
 * @returns a check, of a request of which some records may be left out, that hands the enriched bytes on, or throws an {@link AlteredRequestError}: then the request must go on as it came
 */
export function createSelfCheck({
  prefix,
  otherKeys,
  share,
  random,
  onChecked,
  onMismatch,
}: SelfCheckPorts): (
  request: ExportRequest,
  enriched: Uint8Array,
  leftOut?: ReadonlySet<number>,
) => Uint8Array {
  const isOurs = isOurAttribute(prefix, otherKeys);
  return (request, enriched, leftOut) => {
    if (enriched === request.bytes || random() >= share) return enriched;
    const difference = findDifference(request.bytes, enriched, isOurs, leftOut);
    onChecked(request.records.length);
    if (difference === undefined) return enriched;
    const error = new AlteredRequestError(difference);
    onMismatch(request.records.length, error);
    throw error;
  };
}
