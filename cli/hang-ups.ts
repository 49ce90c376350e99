/** SIGHUP, which asks a daemon to read its configuration anew. */
export interface HangUps {
  /** Resolves with the next one. One that came since the last call is told at once, several as one. */
  next(): Promise<"SIGHUP">;
}

/**
 * Listens from now on. A program that was started in a terminal is not asked by it: there the signal tells that the terminal is
 * gone, and ends the program as it always does.
 */
export function hangUps(isInTerminal: boolean): HangUps {
  let come = Promise.withResolvers<"SIGHUP">();
  if (!isInTerminal) process.on("SIGHUP", () => come.resolve("SIGHUP"));
  return {
    async next() {
      const signal = await come.promise;
      come = Promise.withResolvers();
      return signal;
    },
  };
}
