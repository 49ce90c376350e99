import { Admin } from "@platformatic/kafka";
import { describe, expect } from "vitest";
import { numbersIn } from "../faults/numbered-requests.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { committedOffsets } from "./group-offsets.ts";
import { startLoad } from "./load.ts";

const PARTITIONS = [0, 1, 2, 3];
const RECORDS_EACH = 10;
const BATCH_MESSAGES = 8;
/** A member joins, one goes for the others, and comes back. */
const DIVISIONS = 3;
const ACCEPTED = "logbert_receiver_accepted_log_records_total";

describe.each(["at_least_once", "exactly_once"])(
  "a member that was frozen for longer than its session",
  (delivery) => {
    testWith(
      [kafka(), kcat()],
      `hands on and commits nothing over its successor: ${delivery}`,
      async ([jars = "", client = ""]) => {
        const broker = await startKafka(jars, client, { "num.partitions": String(PARTITIONS.length) });
        const { address } = broker;
        const start = () =>
          startLogbert({
            settings: {
              receive: {
                kafka: {
                  brokers: [address],
                  topics: [{ name: "in" }],
                  group_id: "frozen",
                  delivery,
                  session_timeout_ms: 2_000,
                  max_batch_messages: BATCH_MESSAGES,
                },
              },
              forward: { endpoint: `kafka://${address}/out` },
            },
          });
        const more = async (member: LogbertProcess, records: number) => {
          const until = (await member.metric(ACCEPTED)) + records;
          await waitFor(`${records} more records`, async () =>
            (await member.metric(ACCEPTED)) >= until ? true : undefined,
          );
        };
        const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
        const committed = async () => {
          const offsets = await committedOffsets(admin, "frozen", "in");
          return PARTITIONS.map((one) => offsets.get(one) ?? 0n);
        };
        const load = startLoad(address, "in", { streams: 8, recordsEach: RECORDS_EACH, group: "frozen" });
        const first = await start();
        await more(first, 500);
        const second = await start();
        await more(second, 500);
        process.kill(first.pid, "SIGSTOP");
        const before = await committed();
        await waitFor("the second to have all partitions", async () =>
          (await committed()).every((offset, i) => offset > (before[i] ?? 0n)) ? true : undefined,
        );
        const handedOver = await committed();
        process.kill(first.pid, "SIGCONT");
        await more(first, 500);
        expect((await committed()).every((offset, i) => offset >= (handedOver[i] ?? 0n))).toBe(true);
        const sent = await load.stop();
        const account = await allArrive({
          address,
          group: "frozen",
          topic: "in",
          sent,
          arrived: () => broker.read("out").flatMap(({ value }) => numbersIn(value)),
          members: [first, second],
        });
        expect(account.disordered).toBe(0);
        const again = DIVISIONS * PARTITIONS.length * BATCH_MESSAGES * RECORDS_EACH;
        expect(account.repeated).toBeLessThanOrEqual(delivery === "exactly_once" ? 0 : again);
        expect(await first.stop()).toBe(0);
        expect(await second.stop()).toBe(0);
        await admin.close();
        await broker.stop();
      },
      ARRIVAL_TEST_MS,
    );
  },
);
