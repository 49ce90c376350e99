import { expect, it } from "vitest";
import { dividePartitions } from "./divide.ts";

const subscription = (memberId: string, topics: string[]) => ({ memberId, version: 0, topics });

function divide(members: Readonly<Record<string, string[]>>, counts: Readonly<Record<string, number>>) {
  const metadata = {
    id: "cluster",
    brokers: new Map(),
    topics: new Map(
      Object.entries(counts).map(([topic, partitionsCount]) => [
        topic,
        { id: topic, partitions: [], partitionsCount, lastUpdate: 0 },
      ]),
    ),
    lastUpdate: 0,
    controllerId: 0,
  };
  const [first = ""] = Object.keys(members);
  const divided = dividePartitions(
    first,
    new Map(Object.entries(members).map(([id, topics]) => [id, subscription(id, topics)])),
    new Set(members[first]),
    metadata,
  );
  return Object.fromEntries(
    divided.map(({ memberId, assignments }) => [
      memberId,
      [...assignments.values()].flatMap(({ topic, partitions }) =>
        partitions.map((one) => `${topic}/${one}`),
      ),
    ]),
  );
}

it("gives each partition to one member that reads its topic, in turn", () => {
  expect(divide({ b: ["x", "y"], a: ["x"] }, { x: 3, y: 2 })).toEqual({
    a: ["x/0", "x/2"],
    b: ["x/1", "y/0", "y/1"],
  });
});

it("divides alike whoever is asked, and in whatever order the members come", () => {
  const counts = { x: 4, y: 4 };
  expect(divide({ c: ["x"], a: ["x", "y"], b: ["y"] }, counts)).toEqual(
    divide({ b: ["y"], c: ["x"], a: ["y", "x"] }, counts),
  );
});
