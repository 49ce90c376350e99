/** Resolves with the name of the first SIGTERM or SIGINT; a second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      for (const name of ["SIGTERM", "SIGINT"] as const) {
        process.removeListener(name, onSignal);
        process.once(name, () => process.exit(1));
      }
      resolve(signal);
    };
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      // bin/logbert.js minds them until now; between two listeners a signal that is on its way would be lost.
      const before = process.listeners(name);
      process.once(name, onSignal);
      for (const listener of before) process.removeListener(name, listener);
    }
  });
}
