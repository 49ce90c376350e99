import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";

/** The attributes that tell records apart. */
const STREAM = "faults.stream";
const NUMBER = "faults.number";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper"];
/** Every so many records a message comes that was never there before. */
const NEW_EVERY = 170;

/** A record by its place: which stream, and the how manyth there, from 0. */
export interface NumberedRecord {
  readonly stream: string;
  readonly number: number;
}

/** One export request with the records `from` to `from + count - 1` of a stream: steps of orders, and now and then a new message. */
export function numberedRequest(stream: string, from: number, count: number): Uint8Array {
  const records = Array.from({ length: count }, (_, i) => {
    const number = from + i;
    return {
      timeUnixNano: BigInt(1_700_000_000_000 + number * 20) * 1_000_000n,
      severityNumber: 9,
      body: bodyOf(number),
      attributes: { [STREAM]: stream, [NUMBER]: BigInt(number) },
    };
  });
  const attributes = { "service.name": `shop-${stream}`, "service.instance.id": stream };
  return encodeRequest([{ attributes, records }]);
}

/** The records of a request, in wire order, before or after logbert. Throws on one that {@link numberedRequest} did not write. */
export function numbersIn(bytes: Uint8Array): readonly NumberedRecord[] {
  return readRequest(bytes).records.map((record) => {
    const stream = record.attribute(STREAM);
    const number = record.attribute(NUMBER);
    if (typeof stream !== "string" || typeof number !== "bigint")
      throw new Error("a record arrived that nobody sent");
    return { stream, number: Number(number) };
  });
}

function bodyOf(number: number): string {
  if (number % NEW_EVERY === NEW_EVERY - 1) {
    const digits = [...String(Math.floor(number / NEW_EVERY))].map(Number);
    return `feature ${digits.map((digit) => WORDS[digit]).join(" ")} switched on`;
  }
  return `${STEPS[number % STEPS.length]} id=${number * 7919}`;
}
