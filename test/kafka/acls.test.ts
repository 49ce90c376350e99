import { Admin, type CreateAclsOptions } from "@platformatic/kafka";
import { expect } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

const PASSWORD = "qzpasswordqz-0123";
const PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

type Acl = CreateAclsOptions["creations"][number];
/** By Kafka's protocol. */
const [TOPIC, GROUP, TRANSACTIONAL_ID] = [2, 3, 5] as const;
const [READ, WRITE] = [3, 4] as const;
const [LITERAL, PREFIXED] = [3, 4] as const;
const ALLOW = 3;

function allow(resourceType: Acl["resourceType"], resourceName: string, operation: Acl["operation"]): Acl {
  const resourcePatternType = resourceType === TRANSACTIONAL_ID ? PREFIXED : LITERAL;
  const who = { principal: "User:logbert", host: "*", permissionType: ALLOW } as const;
  return { ...who, resourceType, resourceName, resourcePatternType, operation };
}

testWith(
  [kafka(), kcat()],
  "each record once needs no more rights than to the topics, the group, and transactions that have its name",
  async ([jars = "", client = ""]) => {
    const port = await freePort();
    const broker = await startKafka(jars, client, {
      listeners: `SASL_PLAINTEXT://127.0.0.1:${port}`,
      "listener.security.protocol.map":
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
      "sasl.enabled.mechanisms": "PLAIN",
      "listener.name.sasl_plaintext.plain.sasl.jaas.config": `${PLAIN} required user_logbert="${PASSWORD}";`,
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS",
    });
    broker.produce("acl.in", [requestOf("shop", ["let in"])]);
    broker.produce("acl.out", [requestOf("shop", ["before"])]);
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker.address] });
    await admin.createAcls({
      creations: [
        allow(TOPIC, "acl.in", READ),
        allow(TOPIC, "acl.out", WRITE),
        allow(GROUP, "acl", READ),
        allow(TRANSACTIONAL_ID, "acl/", WRITE),
      ],
    });
    await admin.close();
    const sasl = { mechanism: "PLAIN", username: "logbert", password: PASSWORD };
    const address = `127.0.0.1:${port}`;
    const topics = [{ name: "acl.in" }];
    const logbert = await startLogbert({
      settings: {
        receive: {
          kafka: { brokers: [address], topics, group_id: "acl", sasl, delivery: "exactly_once" },
        },
        forward: { endpoint: `kafka://${address}/acl.out`, kafka: { sasl } },
      },
    });
    await waitFor("the record to arrive", () =>
      recordsIn(broker, "acl.out").length === 2 ? true : undefined,
    ).catch((cause: unknown) => {
      throw new Error(logbert.stderr(), { cause });
    });
    expect(await logbert.stop()).toBe(0);
    await broker.stop();
  },
);
