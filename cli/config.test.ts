import { describe, expect, it } from "vitest";
import { configSchema } from "./config.ts";

/** Longest time of a timer; Node makes one millisecond of a longer one. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Leaf {
  readonly path: readonly string[];
  readonly maximum: number | undefined;
}

function leavesOf(schema: object, path: readonly string[] = []): Leaf[] {
  const properties = "properties" in schema ? schema.properties : undefined;
  if (typeof properties !== "object" || properties === null) {
    const maximum = "maximum" in schema ? Number(schema.maximum) : undefined;
    return [{ path, maximum }];
  }
  return Object.entries<object>({ ...properties }).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

describe("a time in milliseconds", () => {
  const times = leavesOf(configSchema.toJSONSchema()).filter(({ path }) => path.at(-1)?.endsWith("_ms"));

  it.each(times.map(({ path, maximum }) => [path.join("."), maximum] as const))(
    "is none that a timer would take for one millisecond, also with a tenth of chance on top: %s",
    (_, maximum) => {
      expect(maximum).toBeLessThan(TIMER_MS_MAX / 1.1);
    },
  );

  it("is refused when it is longer than it may be", () => {
    expect(times.length).toBeGreaterThan(8);
    for (const { path } of times) {
      const [room = "", ...rest] = path;
      const slice = rest.reduceRight<unknown>((value, key) => ({ [key]: value }), 30 * 86_400_000);
      expect(configSchema.safeParse({ [room]: slice }).success, path.join(".")).toBe(false);
    }
  });
});

describe("a topic of Kafka that would come back", () => {
  const from = (brokers: string[]) => ({
    receive: { kafka: { brokers, topics: [{ name: "logs" }] } },
    forward: { endpoint: "kafka://k1:9092,k2:9092/logs" },
  });

  it("is no next hop", () => {
    const { error } = configSchema.safeParse(from(["k2:9092"]));
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual(["forward.endpoint"]);
  });

  it("is one of other brokers with the same name", () => {
    expect(configSchema.safeParse(from(["k3:9092"])).success).toBe(true);
  });
});

describe("each record once", () => {
  const problemsOf = (endpoint: string) => {
    const kafka = { brokers: ["k1:9092", "k2:9092"], topics: [{ name: "in" }], delivery: "exactly_once" };
    const { error } = configSchema.safeParse({ receive: { kafka }, forward: { endpoint } });
    return error?.issues.map(({ path }) => path.join("."));
  };

  it("is for a next hop whose brokers keep the group's offsets", () => {
    expect(problemsOf("kafka://k2:9092,k1:9092/out")).toBeUndefined();
  });

  it.each(["kafka://k1:9092/out", "kafka://k1:9092,k2:9092,k3:9092/out", "collector:4317", ""])(
    "is refused for %j",
    (endpoint) => {
      expect(problemsOf(endpoint)).toEqual(["receive.kafka.delivery"]);
    },
  );
});
