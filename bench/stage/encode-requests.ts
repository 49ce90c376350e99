import { encodeRequest, type NewRecord } from "../../processor/wire/encode.ts";
import type { Line } from "./streams.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** Records of one millisecond: their times are those of a stream that is sent about as fast as it is measured. */
const RECORDS_PER_MILLISECOND = 100;
/** Its lower half is zero, so that a record's number can be the lower half of its observed time. */
const NUMBERED_FROM = 0x1790_0000n << 32n;

/** gRPC frames (a flag and the length before each message), one request each. */
export function encodeRequests(
  lines: readonly Line[],
  options: {
    readonly service: (line: Line) => string;
    readonly recordsEach: number;
    /** The number of the first record. */
    readonly from: number;
    /** Event time of the first record, milliseconds since the epoch. */
    readonly startMs: number;
  },
): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < lines.length; at += options.recordsEach) {
    const records = lines.slice(at, at + options.recordsEach).map((line, i) => ({
      line,
      record: recordOf(line, options.from + at + i, options.startMs),
    }));
    // Lines of one instance are of one service.
    const byInstance = Map.groupBy(records, ({ line }) => line.instance);
    frames.push(
      toFrame(
        encodeRequest(
          [...byInstance].map(([instance, group]) => ({
            attributes: {
              "service.name": group[0] === undefined ? "" : options.service(group[0].line),
              ...(instance === "" ? {} : { "service.instance.id": instance }),
            },
            records: group.map(({ record }) => record),
          })),
        ),
      ),
    );
  }
  return frames;
}

/** The number that {@link encodeRequests} gave a record. */
export function numberOf(observedTimeUnixNano: bigint): number {
  return Number(BigInt.asUintN(32, observedTimeUnixNano));
}

function recordOf({ severity, body, attributes }: Line, number: number, startMs: number): NewRecord {
  return {
    timeUnixNano:
      BigInt(Math.floor(startMs + number / RECORDS_PER_MILLISECOND)) * NANOSECONDS_PER_MILLISECOND,
    observedTimeUnixNano: NUMBERED_FROM + BigInt(number),
    severityNumber: severity,
    body,
    attributes,
  };
}

/** The gRPC frame of one uncompressed message. */
export function toFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
