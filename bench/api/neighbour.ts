import { setImmediate as turn } from "node:timers/promises";
import { serveCalls } from "../stage/child.ts";
import { type NeighbourCall, neighbourCall } from "./load-call.ts";

/**
 * Another program on the machine that has nothing to do with the stage: it copies rows and makes text of them, as whoever answers
 * queries does, without a pause between start and stop.
 */
const ROWS = 50_000;
const ROWS_AT_ONCE = 2_000;

const rows = Array.from({ length: ROWS }, (_, id) => ({
  id,
  body: `connection to <IP> was refused ${id}`,
  score: id / ROWS,
  window: [id, id + 1, { template: `t${id}` }],
}));
let isWorking = false;

serveCalls<NeighbourCall>(neighbourCall, async ({ kind }) => {
  isWorking = kind === "start";
  if (isWorking) void work();
  return {};
});

async function work(): Promise<void> {
  for (let from = 0; isWorking; from = (from + ROWS_AT_ONCE) % ROWS) {
    const copies = rows.map((row) => ({ ...row, score: row.score + 1 }));
    JSON.stringify(copies.slice(from, from + ROWS_AT_ONCE));
    await turn();
  }
}
