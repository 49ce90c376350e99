import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A real Kafka broker, running alone (KRaft, broker and controller in one process). */
export interface KafkaBroker {
  /** host:port */
  readonly address: string;
  /** Appends a message for each; the topic comes into being with the first. */
  produce(topic: string, messages: readonly (string | Uint8Array)[]): void;
  stop(): Promise<void>;
}

/**
 * @param jars directory of the broker's jars
 * @param kcat the client that produces
 */
export async function startKafka(jars: string, kcat: string): Promise<KafkaBroker> {
  const directory = temporaryDirectory("kafka");
  const [port, controllerPort] = await Promise.all([freePort(), freePort()]);
  const address = `127.0.0.1:${port}`;
  const settings = join(directory, "server.properties");
  writeFileSync(settings, propertiesOf(address, `127.0.0.1:${controllerPort}`, join(directory, "data")));
  // It lives for seconds: what makes a long run faster makes this one slower.
  const java = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", join(jars, "*")];
  const format = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", settings];
  const formatted = spawnSync("java", [...java, ...format], { encoding: "utf8" });
  if (formatted.status !== 0) throw new Error(`Kafka's storage: ${formatted.stderr}`);
  const child = spawn("java", [...java, "kafka.Kafka", settings], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await waitFor("Kafka to be up", () => {
    if (child.exitCode !== null) throw new Error(`Kafka left with ${child.exitCode}`);
    return spawnSync(kcat, ["-b", address, "-L", "-m", "2"]).status === 0 ? true : undefined;
  });
  let files = 0;
  return {
    address,
    produce(topic, messages) {
      const paths = messages.map((message) => {
        files += 1;
        const path = join(directory, `message-${files}`);
        writeFileSync(path, message);
        return path;
      });
      const { status, stderr } = spawnSync(kcat, ["-b", address, "-P", "-t", topic, ...paths], {
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`kcat: ${stderr}`);
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function propertiesOf(broker: string, controller: string, data: string): string {
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@${controller}`,
    `listeners=PLAINTEXT://${broker},CONTROLLER://${controller}`,
    "controller.listener.names=CONTROLLER",
    `log.dirs=${data}`,
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "group.initial.rebalance.delay.ms=0",
    "num.partitions=1",
  ].join("\n");
}
