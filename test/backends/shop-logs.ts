import { encodeRequest } from "../../processor/wire/encode.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const REQUESTS = 5;
const RECORDS_A_REQUEST = 400;
const GAP_MS = 20;

/** A line as no shop has written it before. */
export const ODD_LINE = "kernel panic: cannot mount root";
/** All of them, each with a text of its own. */
export const SHOP_RECORDS = REQUESTS * RECORDS_A_REQUEST + 1;

/** The bodies of a shop's usual day, in order. */
export function usualLines(): string[] {
  return Array.from(
    { length: REQUESTS * RECORDS_A_REQUEST },
    (_, nth) => `${STEPS[nth % STEPS.length]} id=${nth * 7919}`,
  );
}

/** A usual day of a shop that ends now, and an odd line at its end. */
export function shopRequests(): Uint8Array[] {
  const endMs = Date.now();
  const lines = usualLines();
  const records = [...lines, ODD_LINE].map((body, nth) => ({
    timeUnixNano: BigInt(endMs - (lines.length - nth) * GAP_MS) * 1_000_000n,
    severityNumber: body === ODD_LINE ? 21 : 9,
    severityText: body === ODD_LINE ? "FATAL" : "INFO",
    body,
  }));
  return Array.from({ length: REQUESTS + 1 }, (_, at) =>
    encodeRequest([
      {
        attributes: { "service.name": "shop", "deployment.environment.name": "production" },
        records: records.slice(at * RECORDS_A_REQUEST, (at + 1) * RECORDS_A_REQUEST),
      },
    ]),
  );
}
