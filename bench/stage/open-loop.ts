import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** Requests at a steady rate, whether or not the ones before have been answered. */
export interface OpenLoop {
  readonly url: string;
  readonly requestsPerSecond: number;
  /** The next request, as OTLP protobuf. */
  readonly nextBody: () => Uint8Array;
}

/** Sends what is due in so many seconds; milliseconds from due to answered, of each. Rejects for an answer other than 200. */
export async function sendOpenLoop(
  { url, requestsPerSecond, nextBody }: OpenLoop,
  seconds: number,
): Promise<readonly number[]> {
  // Of its own: the stage closes connections that are idle between two phases.
  const agent = new Agent({ keepAlive: true });
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  for (let i = 0; i < seconds * requestsPerSecond; i += 1) {
    const dueAt = startedAt + (i * 1000) / requestsPerSecond;
    const wait = dueAt - performance.now();
    if (wait > 0) await delay(wait);
    answers.push(post(url, agent, nextBody()).then(() => performance.now() - dueAt));
  }
  return Promise.all(answers).finally(() => agent.destroy());
}

function post(url: string, agent: Agent, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: "POST", agent, headers: { "content-type": "application/x-protobuf" } },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
        );
      },
    );
    sending.on("error", reject);
    sending.end(body);
  });
}
