import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A message as the broker has it. */
export interface StoredMessage {
  readonly partition: number;
  readonly offset: number;
  /** "" without one. */
  readonly key: string;
  /** As kcat prints them: name=value,name=value */
  readonly headers: string;
  readonly value: Buffer;
}

/** How messages are produced. */
export interface ProduceOptions {
  readonly key?: string;
  readonly compression?: "gzip" | "snappy" | "lz4" | "zstd";
}

/** A real Kafka broker, running alone (KRaft, broker and controller in one process). */
export interface KafkaBroker {
  /** host:port */
  readonly address: string;
  /** Appends a message for each, as the options have it; the topic comes into being with the first. */
  produce(topic: string, messages: readonly (string | Uint8Array)[], options?: ProduceOptions): void;
  /** Everything in a topic, partition after partition; none where there is no topic. */
  read(topic: string): readonly StoredMessage[];
  /**
   * Stops it, and starts it again with what it has.
   * @param whileAway what is done in between
   */
  restart(whileAway?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param jars directory of the broker's jars
 * @param kcat the client that produces and reads
 * @param settings of the broker, beside or instead of those that it has here; listeners beside
 * @param formatting more arguments of the tool that prepares its storage
 */
export async function startKafka(
  jars: string,
  kcat: string,
  settings: Readonly<Record<string, string>> = {},
  formatting: readonly string[] = [],
): Promise<KafkaBroker> {
  const directory = temporaryDirectory("kafka");
  const [port, controllerPort] = await Promise.all([freePort(), freePort()]);
  const address = `127.0.0.1:${port}`;
  const file = join(directory, "server.properties");
  writeFileSync(
    file,
    propertiesOf(address, `127.0.0.1:${controllerPort}`, join(directory, "data"), settings),
  );
  // It lives for seconds: what makes a long run faster makes this one slower.
  const java = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", join(jars, "*")];
  const format = [
    "kafka.tools.StorageTool",
    "format",
    "-t",
    "MkU3OEVBNTcwNTJENDM2Qk",
    "-c",
    file,
    ...formatting,
  ];
  const formatted = spawnSync("java", [...java, ...format], { encoding: "utf8" });
  if (formatted.status !== 0) throw new Error(`Kafka's storage: ${formatted.stderr}`);
  const start = async () => {
    const child = spawn("java", [...java, "kafka.Kafka", file], { stdio: "ignore" });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    await waitFor("Kafka to be up", () => {
      if (child.exitCode !== null) throw new Error(`Kafka left with ${child.exitCode}`);
      return spawnSync(kcat, ["-b", address, "-L", "-m", "2"]).status === 0 ? true : undefined;
    });
    return async () => {
      child.kill("SIGTERM");
      await ended;
    };
  };
  const run = (args: readonly string[]) => {
    const { status, stderr, stdout } = spawnSync(kcat, ["-b", address, ...args], { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`kcat: ${stderr.toString("utf8")}`);
    return stdout;
  };
  let stop = await start();
  let files = 0;
  return {
    address,
    produce(topic, messages, { key, compression = "none" } = {}) {
      const paths = messages.map((message) => {
        files += 1;
        const path = join(directory, `message-${files}`);
        writeFileSync(path, message);
        return path;
      });
      const keyed = key === undefined ? [] : ["-k", key];
      run(["-P", "-z", compression, "-t", topic, ...keyed, ...paths]);
    },
    read(topic) {
      if (!run(["-L"]).includes(`topic "${topic}"`)) return [];
      return storedMessages(
        run(["-C", "-e", "-q", "-o", "beginning", "-t", topic, "-f", "%p %o %K %S %h\\n%k%s"]),
      );
    },
    async restart(whileAway) {
      await stop();
      await whileAway?.();
      stop = await start();
    },
    stop: () => stop(),
  };
}

/** Reads what kcat prints: a line of numbers, then the key and the value, whose lengths are among them. */
function storedMessages(printed: Buffer): readonly StoredMessage[] {
  const messages: StoredMessage[] = [];
  for (let at = 0; at < printed.length; ) {
    const line = printed.indexOf("\n", at);
    const words = printed.toString("utf8", at, line).split(" ");
    const [partition = 0, offset = 0, keyBytes = 0, bytes = 0] = words.slice(0, 4).map(Number);
    const keyEnd = line + 1 + Math.max(0, keyBytes);
    at = keyEnd + Math.max(0, bytes);
    messages.push({
      partition,
      offset,
      key: printed.toString("utf8", line + 1, keyEnd),
      headers: words.slice(4).join(" "),
      value: printed.subarray(keyEnd, at),
    });
  }
  return messages;
}

function propertiesOf(
  broker: string,
  controller: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): string {
  const { listeners: others, ...more } = settings;
  const listeners = others === undefined ? [] : [others];
  const properties = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@${controller}`,
    listeners: [`PLAINTEXT://${broker}`, `CONTROLLER://${controller}`, ...listeners].join(","),
    "controller.listener.names": "CONTROLLER",
    "log.dirs": data,
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "num.partitions": "1",
    ...more,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}
