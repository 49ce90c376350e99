import { crc32 } from "node:zlib";

/**
 * The ring by which the Collector's load-balancing exporter chooses an endpoint, exactly: which records meet on which stage can so be
 * said before there is one. Source: consistent_hashing.go of
 * github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter v0.160.0.
 */
export interface HashRing {
  /** Ascending; each belongs to the endpoint of the same index in {@link owners}. */
  readonly positions: Uint32Array;
  /** Indices into the endpoints that the ring was made of. */
  readonly owners: Uint16Array;
}

/** Positions on the ring (`maxPositions`). */
const RING_POSITIONS = 131_071;
const POINTS_EACH = 200;
const PROBES_MAX = 10;
const POINT_NUMBER_BYTES = 4;
const OWNERS_MAX = 2 ** 16;
const RESTS_MAX = 2 ** 16;

/** @param endpoints as the resolver gives them: an address, with its port where one is configured */
export function createHashRing(endpoints: readonly string[]): HashRing {
  const taken = new Uint8Array(RING_POSITIONS);
  const points: number[] = [];
  for (const { position, owner } of candidatesOf(endpoints)) {
    const free = firstFree(taken, position);
    if (free === undefined) continue;
    taken[free] = 1;
    points.push(free * OWNERS_MAX + owner);
  }
  points.sort((a, b) => a - b);
  return {
    positions: Uint32Array.from(points, (point) => Math.floor(point / OWNERS_MAX)),
    owners: Uint16Array.from(points, (point) => point % OWNERS_MAX),
  };
}

/**
 * The index of the endpoint that gets what has this key: that of the next point on the ring.
 *
 * @param key a service's name; a trace id as 32 hexadecimal digits; or "name=value|" of each attribute, one after the other
 */
export function endpointOf(ring: HashRing, key: string): number {
  return endpointOfHash(ring, crc32(key));
}

/** The same for a key whose CRC-32 is known, or drawn: that of a random name is uniform. */
export function endpointOfHash({ positions, owners }: HashRing, hash: number): number {
  const wanted = hash % RING_POSITIONS;
  let [from, to] = [0, positions.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((positions[middle] ?? 0) < wanted) from = middle + 1;
    else to = middle;
  }
  return owners[from === positions.length ? 0 : from] ?? 0;
}

/** What each endpoint has of the ring, in times its fair share: how evenly keys without number would fall. */
export function sharesOf({ positions, owners }: HashRing, endpoints: number): Float64Array {
  const shares = new Float64Array(endpoints);
  let before = (positions.at(-1) ?? 0) - RING_POSITIONS;
  for (const [i, position] of positions.entries()) {
    const owner = owners[i] ?? 0;
    shares[owner] = (shares[owner] ?? 0) + ((position - before) / RING_POSITIONS) * endpoints;
    before = position;
  }
  return shares;
}

/**
 * The points in the order in which they take their places: by position, hash and name. All three are packed into one number, which
 * sorts fast: 17 bits of position, 16 of what else there is in the hash, 16 of the name's rank.
 */
function* candidatesOf(endpoints: readonly string[]) {
  const byName = [...endpoints.keys()].sort((a, b) => ((endpoints[a] ?? "") < (endpoints[b] ?? "") ? -1 : 1));
  const packed = new Float64Array(endpoints.length * POINTS_EACH);
  const number = Buffer.alloc(POINT_NUMBER_BYTES);
  for (const [rank, endpoint] of byName.entries()) {
    const ofEndpoint = crc32(endpoints[endpoint] ?? "");
    for (let point = 0; point < POINTS_EACH; point += 1) {
      number.writeUInt32LE(point);
      const hash = crc32(number, ofEndpoint);
      const position = hash % RING_POSITIONS;
      const rest = (hash - position) / RING_POSITIONS;
      packed[rank * POINTS_EACH + point] = (position * RESTS_MAX + rest) * OWNERS_MAX + rank;
    }
  }
  for (const candidate of packed.sort())
    yield {
      position: Math.floor(candidate / (RESTS_MAX * OWNERS_MAX)),
      owner: byName[candidate % OWNERS_MAX] ?? 0,
    };
}

/** The position itself or one of those behind it; undefined where all are taken, and the point is left out. */
function firstFree(taken: Uint8Array, position: number): number | undefined {
  for (let probes = 0; probes < PROBES_MAX; probes += 1) {
    const probed = (position + probes) % RING_POSITIONS;
    if (taken[probed] === 0) return probed;
  }
  return undefined;
}
