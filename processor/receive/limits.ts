/** About what the stage holds of a request however small it is: its call, its place in the lane, its answer. */
export const REQUEST_BYTES = 8_192;

/** The bytes of one request, counted while they arrive. */
export interface Reservation {
  /** Takes so many bytes more; false, and takes none, when that would be too many. */
  grow(bytes: number): boolean;
  /** It has come to its end: from here on it is not its sender who holds it up. */
  arrived(): void;
  /** Gives everything back; may be called again. */
  release(): void;
}

/** Admission over all transports together: a bound on the bytes in the stage. */
export interface Admission {
  /** @param client whose request arrives; undefined for one that is there as a whole */
  open(client?: string): Reservation;
  readonly bytesInFlight: number;
}

/** Of the bound, what requests of one client may hold that have not come to their end: who ends none keeps nobody else out. */
const ARRIVING_SHARE = 0.5;

/** What requests hold that have not come to their end, by client. */
interface Shares {
  /** False, and takes none, when it would be too much of one client; of its only request it never is. */
  take(client: string, bytes: number, held: number): boolean;
  give(client: string, bytes: number): void;
}

function createShares(bytesMax: number): Shares {
  const ofClient = new Map<string, number>();
  return {
    take(client, bytes, held) {
      const before = ofClient.get(client) ?? 0;
      if (before > held && before + bytes > bytesMax) return false;
      ofClient.set(client, before + bytes);
      return true;
    },
    give(client, bytes) {
      const left = (ofClient.get(client) ?? 0) - bytes;
      if (left > 0) ofClient.set(client, left);
      else ofClient.delete(client);
    },
  };
}

/**
 * A request that is larger than the bound is admitted when it is alone, else it would never be.
 * @param requestBytes what each request counts besides its own bytes, so that very many small ones are bounded too
 */
export function createAdmission(bytesMax: number, requestBytes = 0): Admission {
  let bytesInFlight = 0;
  const arriving = createShares(bytesMax * ARRIVING_SHARE);
  return {
    get bytesInFlight() {
      return bytesInFlight;
    },
    open(client) {
      let held = 0;
      let sender = client;
      const arrived = () => {
        if (sender !== undefined) arriving.give(sender, held);
        sender = undefined;
      };
      return {
        grow(more) {
          const bytes = held === 0 ? requestBytes + more : more;
          const isAlone = bytesInFlight === held;
          if (!isAlone && bytesInFlight + bytes > bytesMax) return false;
          if (sender !== undefined && !arriving.take(sender, bytes, held)) return false;
          held += bytes;
          bytesInFlight += bytes;
          return true;
        },
        arrived,
        release() {
          arrived();
          bytesInFlight -= held;
          held = 0;
        },
      };
    },
  };
}
