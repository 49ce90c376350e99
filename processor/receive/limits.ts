/** About what the stage holds of a request however small it is: its call, its place in the lane, its answer. */
export const REQUEST_BYTES = 8_192;

/** The bytes of one request, counted while they arrive. */
export interface Reservation {
  /** Takes so many bytes more; false, and takes none, when that would be too many. */
  grow(bytes: number): boolean;
  /** Gives everything back; may be called again. */
  release(): void;
}

/** Admission over all transports together: a bound on the bytes in the stage. */
export interface Admission {
  open(): Reservation;
  readonly bytesInFlight: number;
}

/**
 * A request that is larger than the bound is admitted when it is alone, else it would never be.
 * @param requestBytes what each request counts besides its own bytes, so that very many small ones are bounded too
 */
export function createAdmission(bytesMax: number, requestBytes = 0): Admission {
  let bytesInFlight = 0;
  return {
    get bytesInFlight() {
      return bytesInFlight;
    },
    open() {
      let held = 0;
      return {
        grow(more) {
          const bytes = held === 0 ? requestBytes + more : more;
          const isAlone = bytesInFlight === held;
          if (!isAlone && bytesInFlight + bytes > bytesMax) return false;
          held += bytes;
          bytesInFlight += bytes;
          return true;
        },
        release() {
          bytesInFlight -= held;
          held = 0;
        },
      };
    },
  };
}
