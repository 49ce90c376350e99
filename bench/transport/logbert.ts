import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import { startDoors } from "../../test/edges/doors.ts";
import type { Candidate } from "./candidate.ts";

/** The stage's own door and forwarder, which joins nothing here: each call is one. */
export const logbert: Candidate = {
  async listen() {
    const doors = await startDoors(async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }));
    return Number(doors.grpcAddress.split(":").at(-1));
  },
  connect(endpoint) {
    const forwarder = createForwarder(
      forwardConfig.parse({
        endpoint,
        protocol: "grpc",
        join: { enabled: false },
        max_message_bytes: 2 ** 30,
      }),
    );
    const never = new AbortController().signal;
    return {
      async call(message) {
        const outcome = await forwarder.forward(message, never);
        if (outcome.kind !== "accepted") throw new Error(outcome.message);
      },
      close: () => void forwarder.close(),
    };
  },
};
