/** A connection, as far as its place is about it. */
export interface Placed {
  /** Ends it at once. */
  terminate(): void;
  once(event: "close", listener: () => void): unknown;
}

/** Who is connected: those who have been let in, and apart from them those who have not yet shown who they are. */
export interface Places<Connection extends Placed> {
  /** Whether all places of those who were let in are taken. */
  isFull(): boolean;
  /** One more, of nobody known. Where there are too many, the one that has waited longest is ended: who has a token shows it at once. */
  enter(connection: Connection): void;
  /** @returns false when all places are taken */
  admit(connection: Connection): boolean;
}

/**
 * @param admittedMax connections of those who were let in
 * @param unadmittedMax connections of others, so that nobody can keep those with a token out by connecting alone
 */
export function createPlaces<Connection extends Placed>(
  admittedMax: number,
  unadmittedMax: number,
): Places<Connection> {
  const admitted = new Set<Connection>();
  const unadmitted = new Set<Connection>();
  const isFull = () => admitted.size >= admittedMax;
  return {
    isFull,
    enter(connection) {
      unadmitted.add(connection);
      connection.once("close", () => {
        unadmitted.delete(connection);
        admitted.delete(connection);
      });
      const [longest] = unadmitted;
      if (unadmitted.size <= unadmittedMax || longest === undefined) return;
      unadmitted.delete(longest);
      longest.terminate();
    },
    admit(connection) {
      if (isFull()) return false;
      if (unadmitted.delete(connection)) admitted.add(connection);
      return true;
    },
  };
}
