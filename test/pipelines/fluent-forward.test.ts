import { type EventModes, FluentClient } from "@fluent-org/logger";
import { describe, expect } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
const ACK_TIMEOUT_MS = 30_000;
const MODES: readonly EventModes[] = ["Message", "Forward", "PackedForward", "CompressedPackedForward"];

const stage = sharedStage();

describe("fluent forward", () => {
  testWith(
    [collector()],
    "events in every mode of the protocol are acknowledged and arrive exactly once",
    async ([otelcol = ""]) => {
      const port = await freePort();
      const running = await (await stage()).run("fluent-forward", otelcol, argumentsOf("fluent-forward"), {
        LOGBERT_FLUENT_FORWARD: `127.0.0.1:${port}`,
      });
      const written: SourceRecord[] = [];
      for (const eventMode of MODES) {
        const client = new FluentClient("app", {
          eventMode,
          milliseconds: true,
          socket: { host: "127.0.0.1", port },
          ack: { ackTimeout: ACK_TIMEOUT_MS },
        });
        const emit = (
          service: string,
          severityNumber: number,
          body: string,
          label: string,
          event: object,
        ) => {
          const timeMs = START_MS + written.length;
          written.push({ service, body, severityNumber, timeMs });
          return client.emit(label, { ...event }, new Date(timeMs));
        };
        await Promise.all([
          emit("app.checkout", 17, `order 2 failed\n\tat ${eventMode}`, "checkout", {
            message: `order 2 failed\n\tat ${eventMode}`,
            level: "error",
            order: 2,
          }),
          emit("payment", 9, `captured by ${eventMode}`, "checkout", {
            log: `captured by ${eventMode}`,
            container_name: "/payment",
            source: "stdout",
            level: "INFO",
          }),
          emit("cart", 0, `no level in ${eventMode}`, "any", {
            log: `no level in ${eventMode}`,
            "service.name": "cart",
          }),
        ]);
        await client.shutdown();
      }
      await running.arrived(written.length);
      const back = await running.stop();
      expectOnce(back, written);
      const failed = back.find(({ severityNumber }) => severityNumber === 17);
      expect(failed?.attributes).toMatchObject({ "fluent.tag": "app.checkout", order: 2 });
    },
  );
});
