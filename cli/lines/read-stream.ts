import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { type ByteSource, NOTHING } from "./byte-source.ts";

/** Standard input, or any other stream of bytes, as a source, which ends when the stream ends or breaks; `onReadable` is called when a poll would give something. */
export function readStream(stream: Readable, onReadable: () => void): ByteSource {
  stream.on("readable", onReadable).on("end", onReadable).on("error", onReadable);
  return {
    async poll() {
      const chunk: unknown = stream.read();
      if (chunk instanceof Uint8Array) return { ...NOTHING, bytes: chunk };
      if (typeof chunk === "string") return { ...NOTHING, bytes: Buffer.from(chunk) };
      return stream.readableEnded || stream.destroyed
        ? { ...NOTHING, hasEnded: true, isDone: true }
        : NOTHING;
    },
    notice: async () => undefined,
    async close() {
      stream.off("readable", onReadable).off("end", onReadable).off("error", onReadable);
      stream.destroy();
    },
  };
}
