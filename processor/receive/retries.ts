import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { LRUCache } from "lru-cache";

/** Remembers what was made of requests that are under way or that were not taken, so that their retry is not counted, scored or learned twice. */
export interface RetryMemory<T> {
  /**
   * Begins a try of the request with these very bytes. It uses what was made of them by a try that is still under way, or what
   * the last one left; else `make` is asked. A sender that has timed out sends again while its first try still waits: `isAwaited`
   * tells whether any of their senders is still there.
   * @param sender aborted when it leaves
   * @param scope the same bytes in another scope are another request
   */
  begin(
    request: Uint8Array,
    make: (isAwaited: () => boolean) => Promise<T>,
    sender: AbortSignal,
    scope?: string,
  ): Try<T>;
  /** Memory that is held on to. */
  readonly bytes: number;
}

/** One try of a request. */
export interface Try<T> {
  readonly made: Promise<T>;
  /**
   * Ends the try; to be called once.
   * @param rest what the next try of these bytes finds; undefined when the sender has had its answer: then they are another request
   * @param sizeBytes memory that `rest` holds on to
   */
  end(rest: T | undefined, sizeBytes: number): void;
}

/** Bounds of the memory. */
export interface RetryMemoryOptions<T> {
  readonly max_bytes: number;
  readonly max_age_ms: number;
  /** Milliseconds, monotonic: a retry must be known also when the wall clock was set. */
  readonly now: () => number;
  /** Whether nothing of the request is left to be done: what another try of it leaves later does not count any more. */
  readonly isSettled: (rest: T) => boolean;
}

/** The tries of one request that are under way. */
interface Group<T> {
  readonly request: Uint8Array;
  readonly scope: string;
  readonly made: Promise<T>;
  /** One for each try under way. */
  readonly senders: Set<{ readonly left: AbortSignal }>;
  /** Whether one of them had its answer heard. */
  isDone: boolean;
  /** What one of them left. */
  left: T | undefined;
}

/** The least recently kept goes first; a request that was forgotten is simply processed again. */
export function createRetryMemory<T extends object>({
  max_bytes,
  max_age_ms,
  now,
  isSettled,
}: RetryMemoryOptions<T>): RetryMemory<T> {
  const kept =
    max_bytes === 0
      ? undefined
      : new LRUCache<string, T>({ maxSize: max_bytes, ttl: max_age_ms, perf: { now } });
  const underWay = createGroups<T>();

  const take = (request: Uint8Array, scope: string): T | undefined => {
    if (kept === undefined || kept.size === 0) return undefined;
    const key = digestOf({ request, scope });
    const value = kept.get(key);
    kept.delete(key);
    return value;
  };

  const leave = (group: Group<T>, rest: T, sizeBytes: number) => {
    if (group.left !== undefined && isSettled(group.left)) return;
    group.left = rest;
    kept?.set(digestOf(group), rest, { size: Math.max(1, sizeBytes) });
  };

  const forget = (group: Group<T>) => {
    group.isDone = true;
    // The same bytes are another request from now on, though other tries of this one are still under way.
    underWay.remove(group);
    if (group.left !== undefined) kept?.delete(digestOf(group));
  };

  return {
    get bytes() {
      return kept?.calculatedSize ?? 0;
    },
    begin(request, make, left, scope = "") {
      const sender = { left };
      const known = underWay.find(request, scope);
      const senders = known?.senders ?? new Set();
      senders.add(sender);
      const isAwaited = () => [...senders].some((one) => !one.left.aborted);
      const group =
        known ??
        underWay.add({
          request,
          scope,
          senders,
          made: madeOf(take(request, scope), () => make(isAwaited)),
          isDone: false,
          left: undefined,
        });
      return {
        made: group.made,
        end(rest, sizeBytes) {
          group.senders.delete(sender);
          if (group.senders.size === 0) underWay.remove(group);
          if (rest === undefined) forget(group);
          else if (!group.isDone) leave(group, rest, sizeBytes);
        },
      };
    },
  };
}

async function madeOf<T>(taken: T | undefined, make: () => Promise<T>): Promise<T> {
  return taken ?? make();
}

function digestOf({ request, scope }: Pick<Group<unknown>, "request" | "scope">): string {
  return `${hash("sha1", request)}${scope}`;
}

const FINGERPRINT_BYTES = 512;

/** The groups under way, found by a fingerprint of their ends that costs next to nothing, and then by their bytes. */
function createGroups<T>() {
  const groups = new Map<string, Group<T>[]>();
  return {
    find: (request: Uint8Array, scope: string) =>
      groups
        .get(fingerprintOf(request))
        ?.find((one) => one.scope === scope && Buffer.compare(one.request, request) === 0),
    add(group: Group<T>): Group<T> {
      const key = fingerprintOf(group.request);
      groups.set(key, [...(groups.get(key) ?? []), group]);
      return group;
    },
    remove(group: Group<T>) {
      const key = fingerprintOf(group.request);
      const others = groups.get(key)?.filter((one) => one !== group) ?? [];
      if (others.length === 0) groups.delete(key);
      else groups.set(key, others);
    },
  };
}

function fingerprintOf(request: Uint8Array): string {
  const ends = crc32(request.subarray(-FINGERPRINT_BYTES), crc32(request.subarray(0, FINGERPRINT_BYTES)));
  return `${request.length}/${ends}`;
}
