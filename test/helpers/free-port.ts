import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to connections by themselves, from 32,768 on: one of those could be taken before it is used. */
const FROM = 15_000;
const TO = 32_000;
const TRIES_MAX = 100;

const given = new Set<number>();

/** A port of the loopback interface that nobody uses at this moment, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FROM, TO);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error("the loopback interface gave no port");
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
