import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiUnderTest, startApiUnderTest } from "./start-api.ts";

const TIMES = 10;
const WRITER = "writer-token-0123456789";
const body = JSON.stringify({ query: `{ status { version } } #${"x".repeat(10_000_000)}` });
const headers = { "content-type": "application/json", authorization: `Bearer ${WRITER}` };

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest({ tokens: [{ name: "alice", role: "write", token: WRITER }] });
});
afterAll(() => under.close());

/** The status and the first error's code, or why there was no answer. */
type Heard = string;
const heardOf = (status: number | undefined, text: string): Heard =>
  `${status} ${/"code":"(\w+)"/.exec(text)?.[1]}`;

async function byFetch(given: RequestInit): Promise<Heard> {
  try {
    const response = await fetch(`http://${under.api.address}/graphql`, {
      method: "POST",
      headers,
      ...given,
    });
    return heardOf(response.status, await response.text());
  } catch (error) {
    return String(error instanceof Error ? error.cause : error);
  }
}

function byHttp(more: Readonly<Record<string, string>>): Promise<Heard> {
  return new Promise((resolve) => {
    const sent = request(
      `http://${under.api.address}/graphql`,
      { method: "POST", headers: { ...headers, ...more }, agent: false },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve(heardOf(response.statusCode, text));
      },
    );
    sent.on("error", (error) => resolve(String(error)));
    sent.end(body);
  });
}

async function each(times: number, ask: () => Promise<Heard>): Promise<ReadonlySet<Heard>> {
  const heard = new Set<Heard>();
  for (let i = 0; i < times; i += 1) heard.add(await ask());
  return heard;
}

describe("who sends 10 MB reads why they are not taken", () => {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  const chunked = { "transfer-encoding": "chunked" };

  it.each([
    ["announced", length],
    ["in chunks", chunked],
    ["announced, and asked whether it may be sent", { ...length, expect: "100-continue" }],
  ])("over node:http, %s", async (_, more) => {
    expect(await each(TIMES, () => byHttp(more))).toEqual(new Set(["413 BAD_REQUEST"]));
  });

  it("by fetch, announced or in a stream", async () => {
    expect(await each(TIMES, () => byFetch({ body }))).toEqual(new Set(["413 BAD_REQUEST"]));
    const stream = () => {
      const init: RequestInit & { readonly duplex: "half" } = {
        body: new Blob([body]).stream(),
        duplex: "half",
      };
      return byFetch(init);
    };
    expect(await each(TIMES, stream)).toEqual(new Set(["413 BAD_REQUEST"]));
  });

  it("with a token that is not known", async () => {
    const wrong = { ...headers, authorization: "Bearer nobody's-token-0123" };
    expect(await each(TIMES, () => byFetch({ body, headers: wrong }))).toEqual(
      new Set(["401 UNAUTHENTICATED"]),
    );
    expect(await each(TIMES, () => byHttp(wrong))).toEqual(new Set(["401 UNAUTHENTICATED"]));
  });
});

it("who sends without end is not read for ever", async () => {
  const [host, port] = under.api.address.split(":");
  const socket = connect(Number(port), host);
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (bytes) => {
    answer += String(bytes);
  });
  const piece = Buffer.alloc(1_048_576, "x");
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${under.api.address}\r\nAuthorization: Bearer ${WRITER}\r\nContent-Length: 100000000000\r\n\r\n`,
  );
  const send = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", send);
  send();
  await new Promise((resolve) => socket.once("close", resolve));
  expect(answer).toContain("413");
  expect(socket.bytesWritten).toBeLessThan(200 * piece.length);
});
