import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { createHashRing, endpointOf } from "./hash-ring.ts";

/**
 * What the exporter's own Go code says: consistent_hashing.go of loadbalancingexporter v0.160.0 as it is, in a program of its own that
 * prints the SHA-256 of "position endpoint\n" of all items, that of "endpoint\n" of the keys service-0 to service-9999, and the
 * endpoints of some keys.
 */
const CASES = [
  {
    endpoints: ["127.0.0.1:43170"],
    points: 200,
    ring: "af12ee88261f5013e5b8c839e55e0d64981651f7a94ff962f47b76cf0e549382",
    services: "36a68a72d55a3d4b3625f78a227db2b61c2e1e550ba8d7e335ef9e259facf9fe",
    owners: [0, 0, 0, 0, 0, 0],
  },
  {
    endpoints: ["endpoint-1", "endpoint-2"],
    points: 400,
    ring: "b26d8bedd027292a789e35f2a42a59f2bb886fbbe4e2fe7378b41e0f5eee7ce2",
    services: "559ba5a1ab35a82e485cd3cd3ff6238f5cbb1ae7af552bd35e730a95fce74521",
    owners: [1, 0, 1, 1, 0, 0],
  },
  {
    endpoints: Array.from({ length: 4 }, (_, i) => `127.0.0.1:${43_170 + i}`),
    points: 800,
    ring: "ed02c198e7d92952fb1115ff90aa198203352c91f95ccb39ee1f5c5cebb10d03",
    services: "5c4d899b6766141d09e1ced663b9fadc9d220a966af945d67389cdca947cad38",
    owners: [2, 1, 0, 0, 1, 1],
  },
  {
    endpoints: Array.from({ length: 16 }, (_, i) => `logbert-${i}.logbert.observability:4317`),
    points: 3_200,
    ring: "f62954dd3e4a54e455eb999b09d50c7e943697e8dbb3c1adfc488e85ffd54e71",
    services: "dd17eb6679961f45360ee802ada49f9a71cd18cc41d5f39bad561d978da10e5b",
    owners: [2, 3, 5, 1, 4, 6],
  },
  {
    endpoints: Array.from({ length: 128 }, (_, i) => `10.${i % 3}.${i % 7}.${i}:4317`),
    points: 25_600,
    ring: "2df11fab4a09bfefcc66f5dbb2968a253b591004fea030052abb6baf34ae39de",
    services: "51e868e54a379de0d919cb3b0117be0d1d4bcf9920a61a1068cc9e03d72e02d1",
    owners: [82, 9, 12, 20, 36, 15],
  },
];
const KEYS = [
  "",
  "checkout",
  "ad-service-7",
  "service.name=checkout|service.instance.id=pod-3|",
  "0af7651916cd43dd8448eb211c80319c",
  "zürich",
];

it.each(CASES)(
  "the ring of $endpoints.length endpoints is the exporter's, point by point",
  ({ endpoints, points, ring: digest }) => {
    const ring = createHashRing(endpoints);
    expect(ring.positions).toHaveLength(points);
    const items = [...ring.positions].map(
      (position, i) => `${position} ${endpoints[ring.owners[i] ?? -1] ?? ""}\n`,
    );
    expect(sha256(items.join(""))).toBe(digest);
  },
);

it.each(CASES)(
  "keys go to the exporter's choice of $endpoints.length endpoints",
  ({ endpoints, services, owners }) => {
    const ring = createHashRing(endpoints);
    expect(KEYS.map((key) => endpointOf(ring, key))).toEqual(owners);
    const chosen = Array.from(
      { length: 10_000 },
      (_, i) => `${endpoints[endpointOf(ring, `service-${i}`)] ?? ""}\n`,
    );
    expect(sha256(chosen.join(""))).toBe(services);
  },
);

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
