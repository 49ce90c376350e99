import { afterAll, describe, expect } from "vitest";
import { numbersIn } from "../faults/numbered-requests.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { accountOf } from "./account.ts";
import { ARRIVAL_TEST_MS, allArrive } from "./arrival.ts";
import { type KafkaCluster, startCluster } from "./kafka-cluster.ts";
import { startLoad } from "./load.ts";

const DELIVERIES = ["at_least_once", "exactly_once"];

let cluster: Promise<KafkaCluster> | undefined;
afterAll(async () => (await cluster)?.stop());

describe.each(DELIVERIES)("%s", (delivery) => {
  testWith(
    [kafka(), kcat()],
    "of three brokers two are killed in turn under load: every record arrives, in order",
    async ([jars = "", client = ""]) => {
      cluster ??= startCluster(jars, client);
      const brokers = await cluster;
      const { addresses } = brokers;
      const address = addresses.join(",");
      const [from, to] = [`${delivery}.in`, `${delivery}.out`];
      const load = startLoad(address, from, { streams: 8, recordsEach: 10, group: delivery, retries: 2 });
      const logbert = await startLogbert({
        settings: {
          receive: {
            kafka: {
              brokers: addresses,
              topics: [{ name: from }],
              group_id: delivery,
              delivery,
              session_timeout_ms: 3_000,
              max_batch_messages: 8,
            },
          },
          forward: { endpoint: `kafka://${address}/${to}` },
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
        group: delivery,
        topic: from,
        sent,
        arrived: () => brokers.values(to).flatMap(numbersIn),
        members: [logbert],
      });
      expect(account.disordered).toBe(0);
      // The load sends again what it was not told of: each of these is there as often as it was sent.
      const given = accountOf(sent, brokers.values(from).flatMap(numbersIn));
      if (delivery === "exactly_once") expect(account.repeated).toBe(given.repeated);
      expect(await logbert.stop()).toBe(0);
    },
    ARRIVAL_TEST_MS,
  );
});
