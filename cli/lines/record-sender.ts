import type { Forwarder } from "../../processor/forward/forwarder.ts";
import { CREDENTIALS_HINT } from "../../processor/forward/outcome.ts";
import { encodeRequest, type NewResource } from "../../processor/wire/encode.ts";
import type { CommandIo } from "./command-io.ts";
import { deliver } from "./deliver.ts";

/** Sends records one request after the other and keeps count. */
export interface RecordSender {
  /** Resolves when the records were acknowledged, refused for good, or given up after the command was told to stop. */
  send(resources: readonly NewResource[]): Promise<void>;
  readonly counts: SentCounts;
}

/** What became of the records. */
export interface SentCounts {
  readonly acknowledged: number;
  /** Refused by the next hop for good. */
  readonly refused: number;
  /** Without an acknowledgement when the command was stopped. */
  readonly unsent: number;
}

/** A sender that tells the user when it has to wait or is refused. */
export function createRecordSender(forwarder: Forwarder, io: CommandIo): RecordSender {
  const counts = { acknowledged: 0, refused: 0, unsent: 0 };
  const ports = {
    forwarder,
    clock: io.clock,
    random: Math.random,
    onWait: (message: string) =>
      io.err(
        `The stage does not take records now (${message.replace(CREDENTIALS_HINT, "check OTEL_EXPORTER_OTLP_HEADERS")}); trying again.`,
      ),
  };
  return {
    counts,
    async send(resources) {
      const records = resources.reduce((sum, resource) => sum + resource.records.length, 0);
      if (records === 0) return;
      const delivery = await deliver(encodeRequest(resources), ports, io.giveUp);
      switch (delivery.kind) {
        case "accepted":
          counts.acknowledged += records - delivery.rejectedRecords;
          counts.refused += delivery.rejectedRecords;
          if (delivery.message !== "") io.err(`The stage says: ${delivery.message}`);
          return;
        case "refused":
          counts.refused += records;
          io.err(`The stage refused ${records} records for good: ${delivery.message}`);
          return;
        case "stopped":
          counts.unsent += records;
      }
    },
  };
}

/** A closing line, and the exit code: 1 when records were not delivered. */
export function summarise(counts: SentCounts, io: CommandIo): 0 | 1 {
  const { acknowledged, refused, unsent } = counts;
  const lost = `${refused > 0 ? `, ${refused} refused` : ""}${unsent > 0 ? `, ${unsent} not acknowledged` : ""}`;
  io.err(`${acknowledged} records acknowledged${lost}.`);
  return refused > 0 || unsent > 0 ? 1 : 0;
}
