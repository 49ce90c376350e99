import type { Forwarder } from "./forwarder.ts";

/** No next hop: takes everything, keeps nothing. */
export function createSinkForwarder(): Forwarder {
  return {
    forward: async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }),
    close: async () => {},
  };
}
