import type { WindowRule } from "./window-rule.ts";

/** The last events of the stream, whatever their age. The stream is taken as endless: where it began is not known. */
export const byCount: WindowRule = {
  context: (recent) => recent,
  isApart: () => false,
  ends: () => false,
  hasEnds: false,
};
