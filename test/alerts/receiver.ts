import { createServer, type IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { waitFor } from "../helpers/wait-for.ts";

/** A request that a receiver was sent. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers; undefined: it never does. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** A chat server or a webhook, over real HTTP. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** How it answers from now on. */
  answer(how: (request: Received) => Answer | undefined | Promise<Answer>): void;
  /** Waits until so many requests came. */
  got(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Starts one that takes everything, on a port of its own or on the one named. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  let how: Parameters<Receiver["answer"]>[0] = () => ({ status: 200 });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const one = { headers: request.headers, body };
    received.push(one);
    const answer = await how(one);
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end(answer.text ?? "ok");
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${bound}/hook/T0SECRET0/B0SECRET0`,
    received,
    answer(next) {
      how = next;
    },
    got: (count) =>
      waitFor(`${count} messages`, async () => (received.length >= count ? received : undefined)),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const webhookBody = z.looseObject({
  id: z.string(),
  type: z.string(),
  incident: z
    .looseObject({
      id: z.string(),
      anomalies: z.number(),
      realUrl: z.string().optional(),
      expectedUrl: z.string().optional(),
    })
    .optional(),
  total: z.number().optional(),
});

/** The body of a webhook's message. */
export function bodyOf({ body }: Received): z.infer<typeof webhookBody> {
  return webhookBody.parse(JSON.parse(body));
}

/** A channel that posts to it, as the configuration has it. */
export function webhookTo({ url }: Pick<Receiver, "url">, fields: object = {}) {
  return {
    kind: "webhook",
    name: "ops",
    url,
    secret: "a secret of plain text",
    allow_private_addresses: true,
    ...fields,
  };
}
