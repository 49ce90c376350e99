import type { Forwarder } from "../../processor/forward/forwarder.ts";
import { toResources } from "../../processor/receive/lines/to-resources.ts";
import type { CommandIo } from "./command-io.ts";
import type { LineSink } from "./line-sink.ts";
import { createRecordSender, summarise } from "./record-sender.ts";

/** Records in one request. */
const BATCH_RECORDS_MAX = 1_000;

/** Sends records to a running stage and waits for each acknowledgement. Closes the forwarder. */
export function createOtlpSink(forwarder: Forwarder, io: CommandIo): LineSink {
  const sender = createRecordSender(forwarder, io);
  return {
    async send(batch) {
      for (let start = 0; start < batch.lines.length; start += BATCH_RECORDS_MAX) {
        const lines = batch.lines.slice(start, start + BATCH_RECORDS_MAX);
        await sender.send(toResources({ ...batch, lines }, io.clock.now()));
      }
    },
    async close() {
      await forwarder.close();
      return summarise(sender.counts, io);
    },
  };
}
