import { expect, it } from "vitest";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc } from "../edges/senders.ts";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";

const ready = async ({ apiUrl }: LogbertProcess) => {
  const response = await fetch(`${apiUrl}/readyz`);
  return { status: response.status, text: (await response.text()).trim() };
};

it.each(["grpc", "http"] as const)(
  "the stage is ready as long as its next hop can be reached, also where no request finds out (%s)",
  async (protocol) => {
    const hop = await startRecordingHop(protocol, () => undefined);
    const logbert = await startLogbert({ settings: { forward: { endpoint: hop.endpoint } } });
    try {
      await expect.poll(async () => (await ready(logbert)).status).toBe(200);
      expect((await sendGrpc(logbert.grpcEndpoint, aRequest())).code).toBe(0);
      await hop.down();
      const away = await waitFor("the stage to say that it is cut off", async () => {
        const now = await ready(logbert);
        return now.status === 503 ? now : undefined;
      });
      expect(away.text).toBe("not ready; the next hop cannot be reached");
      expect((await fetch(`${logbert.apiUrl}/livez`)).status).toBe(200);
      await hop.up();
      await expect.poll(async () => (await ready(logbert)).status).toBe(200);
    } finally {
      await logbert.stop();
      await hop.down();
    }
  },
);
