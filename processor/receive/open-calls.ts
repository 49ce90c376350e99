/** Calls that are open, at most so many. */
export interface OpenCalls<Call> {
  /** The call is open. Gives the one that has to make room for it, where there are too many: that one is open no more. */
  enter(client: string, call: Call): Call | undefined;
  /** The call is over; may be told again. */
  leave(client: string, call: Call): void;
}

/** Of too many the longest one makes room, of the client that has most of them: who opens many takes nobody else's. */
export function createOpenCalls<Call>(callsMax: number): OpenCalls<Call> {
  const ofClient = new Map<string, Set<Call>>();
  let count = 0;
  const leave = (client: string, call: Call) => {
    const calls = ofClient.get(client);
    if (!calls?.delete(call)) return;
    count -= 1;
    if (calls.size === 0) ofClient.delete(client);
  };
  return {
    enter(client, call) {
      const calls = ofClient.get(client) ?? new Set();
      ofClient.set(client, calls.add(call));
      count += 1;
      if (count <= callsMax) return undefined;
      const [most, theirs] = [...ofClient].reduce((a, b) => (b[1].size > a[1].size ? b : a));
      const [longest] = theirs;
      if (longest !== undefined) leave(most, longest);
      return longest;
    },
    leave,
  };
}
