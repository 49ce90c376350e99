import { afterAll, expect } from "vitest";
import { numbersIn } from "../faults/numbered-requests.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { type KafkaCluster, startCluster } from "./kafka-cluster.ts";
import { startLoad } from "./load.ts";

let cluster: KafkaCluster | undefined;
afterAll(() => cluster?.stop());

testWith(
  [kafka(), kcat()],
  "of three brokers two are killed in turn under load: every record arrives, in order",
  async ([jars = "", client = ""]) => {
    const brokers = await startCluster(jars, client);
    cluster = brokers;
    const { addresses } = brokers;
    const address = addresses.join(",");
    const load = startLoad(address, "in", { streams: 8, recordsEach: 10, group: "logbert", retries: 2 });
    const logbert = await startLogbert({
      settings: {
        receive: {
          kafka: {
            brokers: addresses,
            topics: [{ name: "in" }],
            session_timeout_ms: 3_000,
            max_batch_messages: 8,
          },
        },
        forward: { endpoint: `kafka://${address}/out` },
      },
    });
    const accepted = () => logbert.metric("logbert_receiver_accepted_log_records_total");
    const more = async (records: number) => {
      const until = (await accepted()) + records;
      await waitFor("more records", async () => ((await accepted()) >= until ? true : undefined));
    };
    await more(1_000);
    for (const broker of [1, 2]) {
      brokers.kill(broker);
      await more(1_500);
      await brokers.start(broker);
      await more(500);
    }
    const sent = await load.stop();
    const account = await allArrive({
      address,
      group: "logbert",
      topic: "in",
      sent,
      arrived: () => brokers.values("out").flatMap(numbersIn),
      members: [logbert],
    });
    expect(account.disordered).toBe(0);
    expect(await logbert.stop()).toBe(0);
  },
  ARRIVAL_TEST_MS,
);
