import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { fixture } from "../security/tls-files.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

const PASSWORD = "qzpasswordqz-0123";
const PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
const SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";

testWith(
  [kafka(), kcat()],
  "TLS with a certificate, PLAIN and SCRAM let it in, and nothing else does",
  async ([jars = "", client = ""]) => {
    const port = await freePort();
    const keystore = join(temporaryDirectory("kafka-tls"), "server.pem");
    writeFileSync(
      keystore,
      [fixture("server.key"), fixture("server.pem")].map((file) => readFileSync(file, "utf8")).join(""),
    );
    const settings = {
      listeners: `SASL_SSL://127.0.0.1:${port}`,
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": keystore,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": fixture("ca.pem"),
      "listener.name.sasl_ssl.ssl.client.auth": "required",
      "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
      "listener.name.sasl_ssl.plain.sasl.jaas.config": `${PLAIN} required user_logbert="${PASSWORD}";`,
      "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": `${SCRAM} required;`,
    };
    const broker = await startKafka(jars, client, settings, [
      "--add-scram",
      `SCRAM-SHA-512=[name=logbert,password=${PASSWORD}]`,
    ]);
    const start = (topic: string, password: string) => {
      const tls = {
        enabled: true,
        ca_file: fixture("ca.pem"),
        cert_file: fixture("client.pem"),
        key_file: fixture("client.key"),
      };
      const sasl = (mechanism: string) => ({ mechanism, username: "logbert", password });
      return startLogbert({
        settings: {
          receive: {
            kafka: {
              brokers: [`127.0.0.1:${port}`],
              topics: [{ name: topic }],
              group_id: topic,
              tls,
              sasl: sasl("SCRAM-SHA-512"),
            },
          },
          forward: {
            endpoint: `kafka://127.0.0.1:${port}/${topic}.out`,
            tls,
            kafka: { sasl: sasl("PLAIN") },
          },
        },
      });
    };
    broker.produce("let-in", [requestOf("shop", ["secured"])]);
    const logbert = await start("let-in", PASSWORD);
    await waitFor("the record to arrive", () =>
      recordsIn(broker, "let-in.out").length === 1 ? true : undefined,
    );
    expect(await logbert.stop()).toBe(0);

    const wrong = "qzpasswordqz-wrong";
    const other = await start("let-in", wrong);
    await waitFor("the reason to be told", () =>
      /cannot be read from/.test(other.stderr()) ? true : undefined,
    );
    const response = await fetch(`${other.apiUrl}/readyz`);
    expect(response.status).toBe(503);
    expect(other.stderr()).toMatch(/[Aa]uthentication/);
    expect(other.stderr()).not.toContain("qzpasswordqz");
    expect(await other.stop()).toBe(0);
    await broker.stop();
  },
);
