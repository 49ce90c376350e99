import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { type ByteSource, NOTHING } from "./byte-source.ts";

/** Standard input, or any other stream of bytes, as a source; `onReadable` is called when a poll would give something. */
export function readStream(stream: Readable, onReadable: () => void): ByteSource {
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure = error;
    onReadable();
  };
  stream.on("readable", onReadable).on("end", onReadable).on("error", onError);
  return {
    async poll() {
      if (failure !== undefined) throw failure;
      const chunk: unknown = stream.read();
      if (chunk instanceof Uint8Array) return { ...NOTHING, bytes: chunk };
      if (typeof chunk === "string") return { ...NOTHING, bytes: Buffer.from(chunk) };
      return stream.readableEnded ? { ...NOTHING, hasEnded: true, isDone: true } : NOTHING;
    },
    async close() {
      stream.off("readable", onReadable).off("end", onReadable).off("error", onError);
      stream.destroy();
    },
  };
}
