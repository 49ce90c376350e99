/** A flag and the length before each message (gRPC over HTTP/2, "Length-Prefixed-Message"). */
export const FRAME_HEADER_BYTES = 5;

/** What stands before a message. */
export interface FrameHeader {
  /** 0 as it is, 1 compressed; nothing else is defined. */
  readonly flag: number;
  /** Bytes of the message that follows. */
  readonly length: number;
}

/** Reads the first five bytes. */
export function readFrameHeader(bytes: Buffer): FrameHeader {
  return { flag: bytes[0] ?? 0, length: bytes.readUInt32BE(1) };
}

/** Writes the five bytes that belong before a message. */
export function frameHeaderOf(message: Uint8Array, isCompressed: boolean): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  writeHeader(header, message, isCompressed);
  return header;
}

/** A message with its header, in one piece. */
export function frameOf(message: Uint8Array, isCompressed = false): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length);
  writeHeader(frame, message, isCompressed);
  frame.set(message, FRAME_HEADER_BYTES);
  return frame;
}

function writeHeader(into: Buffer, message: Uint8Array, isCompressed: boolean): void {
  into[0] = isCompressed ? 1 : 0;
  into.writeUInt32BE(message.length, 1);
}
