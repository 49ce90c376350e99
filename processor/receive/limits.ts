/** Admission over all transports together: a bound on the bytes in the stage. */
export interface Admission {
  /** Takes `bytes`; undefined when that would be too many, else the function that gives them back. */
  admit(bytes: number): (() => void) | undefined;
  readonly bytesInFlight: number;
}

/** A request that is larger than the bound is admitted when it is alone, else it would never be. */
export function createAdmission(bytesMax: number): Admission {
  let bytesInFlight = 0;
  return {
    get bytesInFlight() {
      return bytesInFlight;
    },
    admit(bytes) {
      if (bytesInFlight > 0 && bytesInFlight + bytes > bytesMax) return undefined;
      bytesInFlight += bytes;
      let isHeld = true;
      return () => {
        if (isHeld) bytesInFlight -= bytes;
        isHeld = false;
      };
    },
  };
}
