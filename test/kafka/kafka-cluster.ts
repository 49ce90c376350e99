import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Three real brokers, each topic on all of them, two of which must have a message for it to be acknowledged. */
export interface KafkaCluster {
  /** host:port of each. */
  readonly addresses: readonly string[];
  /** Ends a broker (SIGKILL): 1 or 2; 0 has the controller. */
  kill(broker: number): void;
  /** Starts it again, and waits until all are together. */
  start(broker: number): Promise<void>;
  /** The values of all messages of a topic. */
  values(topic: string): readonly Buffer[];
  stop(): void;
}

const BROKERS = 3;

/**
 * @param jars directory of the broker's jars
 * @param kcat the client that looks and reads
 */
export async function startCluster(jars: string, kcat: string): Promise<KafkaCluster> {
  const directory = temporaryDirectory("kafka-cluster");
  const controller = `127.0.0.1:${await freePort()}`;
  const ports = await Promise.all(Array.from({ length: BROKERS }, freePort));
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const java = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", join(jars, "*")];
  const files = addresses.map((address, i) => {
    const file = join(directory, `server-${i}.properties`);
    writeFileSync(file, propertiesOf(i, address, controller, join(directory, `data-${i}`)));
    const format = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", file];
    const { status, stderr } = spawnSync("java", [...java, ...format], { encoding: "utf8" });
    if (status !== 0) throw new Error(`Kafka's storage: ${stderr}`);
    return file;
  });
  const run = (args: readonly string[]) =>
    spawnSync(kcat, ["-b", addresses.join(","), ...args], { maxBuffer: 2 ** 28 }).stdout;
  const spawnBroker = (i: number): ChildProcess =>
    spawn("java", [...java, "kafka.Kafka", files[i] ?? ""], { stdio: "ignore" });
  const brokers = files.map((_, i) => spawnBroker(i));
  const areTogether = () =>
    waitFor("all brokers to be up", () =>
      run(["-L", "-m", "2"]).includes(` ${BROKERS} brokers`) ? true : undefined,
    );
  await areTogether();
  return {
    addresses,
    kill: (i) => void brokers[i]?.kill("SIGKILL"),
    async start(i) {
      brokers[i] = spawnBroker(i);
      await areTogether();
    },
    values: (topic) => valuesIn(run(["-C", "-e", "-q", "-o", "beginning", "-t", topic, "-f", "%S\\n%s"])),
    stop: () => {
      for (const broker of brokers) broker.kill("SIGKILL");
    },
  };
}

function valuesIn(printed: Buffer): readonly Buffer[] {
  const values: Buffer[] = [];
  for (let at = 0; at < printed.length; ) {
    const line = printed.indexOf("\n", at);
    const end = line + 1 + Number(printed.toString("utf8", at, line));
    values.push(printed.subarray(line + 1, end));
    at = end;
  }
  return values;
}

function propertiesOf(i: number, address: string, controller: string, data: string): string {
  const own = i === 0 ? ["broker,controller", `,CONTROLLER://${controller}`] : ["broker", ""];
  return [
    `process.roles=${own[0]}`,
    `node.id=${i + 1}`,
    `controller.quorum.voters=1@${controller}`,
    `listeners=PLAINTEXT://${address}${own[1]}`,
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names=CONTROLLER",
    `log.dirs=${data}`,
    "num.partitions=6",
    `default.replication.factor=${BROKERS}`,
    "min.insync.replicas=2",
    "offsets.topic.num.partitions=3",
    `offsets.topic.replication.factor=${BROKERS}`,
    `transaction.state.log.replication.factor=${BROKERS}`,
    "group.initial.rebalance.delay.ms=0",
    "group.min.session.timeout.ms=1000",
    "broker.heartbeat.interval.ms=500",
    "broker.session.timeout.ms=3000",
  ].join("\n");
}
