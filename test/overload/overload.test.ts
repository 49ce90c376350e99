import { afterEach, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { sendHttp } from "../edges/senders.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { numbersIn, startGatedHop, startStageUnderLoad } from "./stage-under-load.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const PROTOBUF = { "content-type": "application/x-protobuf" };
const RECORDS = 100;

/** Records with running numbers, all requests of the same size. @param service a service's first words are news to the model */
function aRequest(first: number, service = "shop", records = RECORDS): Uint8Array {
  return encodeRequest([
    {
      attributes: { "service.name": service },
      records: Array.from({ length: records }, (_, i) => ({
        timeUnixNano: BigInt(first + i + 1),
        body: `order taken ${String(first + i).padStart(8, "0")}`,
      })),
    },
  ]);
}

describe("a fast sender in front of a slow next hop", () => {
  it("is shed first and told to wait then; nothing is lost, all is counted, and it goes on as before", async () => {
    const hop = await startGatedHop();
    const size = aRequest(0).length;
    const stage = await startStageUnderLoad({
      receive: {
        max_in_flight_bytes: 7 * (size + 8_192),
        http: { endpoint: "127.0.0.1:0" },
        grpc: { endpoint: "" },
      },
      detect: { max_records_in_work: 5 * RECORDS, scoring_budget_ms: 60_000 },
      // Each by itself, so that they can be counted at the next hop.
      forward: { endpoint: hop.endpoint, protocol: "http", timeout_ms: 60_000, join: { enabled: false } },
    });
    open.push(stage.stop, hop.close);

    const sent: ReturnType<typeof sendHttp>[] = [];
    for (let request = 0; request < 7; request += 1) {
      sent.push(sendHttp(stage.httpAddress, aRequest(request * RECORDS), PROTOBUF));
      await waitFor("the request at the next hop", () => hop.received.length > request || undefined);
    }
    // Five are judged and wait for their answer, two have passed as they came, and there is no room for an eighth.
    expect(await stage.metric("unscored_log_records_total", 'reason="overload"')).toBe(2 * RECORDS);
    expect(await stage.metric("records_in_work")).toBe(5 * RECORDS);
    expect(await stage.metric("receiver_in_flight_bytes")).toBe(7 * (size + 8_192));
    const refused = await sendHttp(stage.httpAddress, aRequest(7 * RECORDS), PROTOBUF);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(await stage.metric("receiver_refused_log_records_total", 'reason="overloaded"')).toBe(1);
    const shedding = async () => ((await stage.status())?.scoring?.state === "shedding" ? true : undefined);
    await waitFor("people being told", shedding);

    hop.open();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(new Array(7).fill(200));
    await waitFor("everything learned", async () =>
      (await stage.metric("records_in_work")) === 0 ? true : undefined,
    );
    expect(await stage.metric("receiver_in_flight_bytes")).toBe(0);

    // The sender tries again what was refused; it is judged as ever.
    expect((await sendHttp(stage.httpAddress, aRequest(7 * RECORDS), PROTOBUF)).status).toBe(200);
    expect(numbersIn(hop.received)).toEqual(Array.from({ length: 8 * RECORDS }, (_, i) => i));
    expect(await stage.metric("scored_log_records_total", 'result="unscored"')).toBe(2 * RECORDS);
    expect(await stage.metric("scored_log_records_total")).toBe(8 * RECORDS);
    expect(await stage.metric("exporter_sent_log_records_total")).toBe(8 * RECORDS);
    expect(await stage.metric("event_loop_delay_seconds_count")).toBeGreaterThan(0);
    stage.passMs(11_000);
    const scoring = async () => ((await stage.status())?.scoring?.state === "scoring" ? true : undefined);
    await waitFor("people being told that it is over", scoring);
  });
});

describe("a model that hangs", () => {
  it("costs a few requests their time and no record its verdict, is left alone, and is asked again once it answers", async () => {
    const hop = await startGatedHop();
    hop.open();
    const stage = await startStageUnderLoad({
      detect: { scoring_budget_ms: 500 },
      forward: { endpoint: hop.endpoint, protocol: "http" },
    });
    open.push(stage.stop, hop.close);
    const degraded = () => stage.metric("degraded_log_records_total", 'detector="event-model"');
    const service = (number: number) => `service ${number}`;
    let requests = 0;
    const send = async () => {
      const first = requests * 10;
      requests += 1;
      const { status } = await sendHttp(stage.httpAddress, aRequest(first, service(requests), 10), PROTOBUF);
      expect(status).toBe(200);
    };

    stage.model.mood = "hangs";
    await waitFor("the model being left alone", async () => {
      const askedBefore = stage.model.asked;
      await send();
      return stage.model.asked === askedBefore || undefined;
    });
    expect(await degraded()).toBe(requests * 10);
    const told = async () => ((await stage.status())?.scoring?.state === "degraded" ? true : undefined);
    await waitFor("people being told", told);

    stage.model.mood = "answers";
    await waitFor("the model's part in the verdicts", async () => {
      const degradedBefore = await degraded();
      await send();
      return (await degraded()) === degradedBefore || undefined;
    });
    const degradedAtLast = await degraded();
    await send();
    expect(await degraded()).toBe(degradedAtLast);
    // Every record had its verdict, with the model or without it.
    expect(await stage.metric("scored_log_records_total", 'result="unscored"')).toBe(0);
    expect(numbersIn(hop.received)).toEqual(Array.from({ length: requests * 10 }, (_, i) => i));
    for (const { records } of hop.received.map(readRequest))
      for (const record of records) expect(record.attribute("anomaly.score")).toBeTypeOf("number");
  });
});
