import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiUnderTest, NOTHING, startApiUnderTest } from "../api/start-api.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { bodyOf, type Receiver, startReceiver } from "./receiver.ts";

const PUBLIC = "https://logbert.example";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const tokens = [{ name: "alice", role: "write", token: "writer-token-0123456789" }] as const;

let receiver: Receiver;
let under: ApiUnderTest;
/** Of the incident that each test has to itself. */
let number = 0;
let service: string;
/** Paths of the links in its message. */
let real: string;
let expected: string;
beforeAll(async () => {
  receiver = await startReceiver();
  const channel = {
    kind: "webhook",
    name: "ops",
    url: receiver.url,
    secret: "a secret of plain text",
    allow_private_addresses: true,
  };
  under = await startApiUnderTest(
    { tokens: [...tokens] },
    { channels: [channel], public_url: PUBLIC, gather_seconds: 0 },
  );
});
afterAll(async () => {
  await under.close();
  await receiver.close();
});
beforeEach(async () => {
  number += 10;
  service = `shop-${number}`;
  [real, expected] = await linksOf(service);
});

/** The links in the message about an incident of two anomalies in a service. */
async function linksOf(of: string): Promise<[real: string, expected: string]> {
  await under.stage.saveBatch({
    ...NOTHING,
    anomalies: [1, 2].map((i) =>
      anAnomaly(number + i, { timeMs: Date.now(), templateId: `t${i}`, service: of }),
    ),
  });
  const incident = await waitFor("the message", async () =>
    receiver.received.map((one) => bodyOf(one).incident).find((one) => one?.id === idOf(number + 1)),
  );
  return [(incident.realUrl ?? "").replace(PUBLIC, ""), (incident.expectedUrl ?? "").replace(PUBLIC, "")];
}

const said = async () =>
  (await under.stage.feedbackForIncidents([idOf(number + 1)])).map(({ author, isTrueAnomaly }) => [
    author,
    isTrueAnomaly,
  ]);
const confirm = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  under.raw(path, { ...FORM, ...headers }, "confirm=yes");

describe("a link in a message", () => {
  it("asks, and says nothing when it is only looked at", async () => {
    for (const path of [real, expected]) {
      const { status, text, headers } = await under.raw(path);
      expect(status).toBe(200);
      expect(text).toContain('<form method="post">');
      expect(text).not.toContain("<script");
      expect(headers["content-security-policy"]).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers).toMatchObject({ "cache-control": "no-store", "x-robots-tag": "noindex" });
    }
    expect(await said()).toEqual([]);
  });

  it("gives the incident's verdict without a token of the API, under the channel's name, once", async () => {
    expect((await confirm(expected)).text).toContain("it is stored");
    expect(await said()).toEqual([
      ["link:ops", false],
      ["link:ops", false],
    ]);
    expect((await confirm(expected)).text).toContain("That was said already");
    expect(await said()).toHaveLength(2);
    await confirm(real);
    expect(await said()).toEqual([
      ["link:ops", true],
      ["link:ops", true],
    ]);
  });

  it("says nothing for a form that is not ours, or comes from another site", async () => {
    expect((await under.raw(expected, FORM, "x=y")).status).toBe(400);
    expect((await confirm(expected, { origin: "https://evil.example" })).status).toBe(403);
    expect((await confirm(expected, { origin: "null" })).status).toBe(403);
    expect(await said()).toEqual([]);
    expect((await confirm(expected, { host: "logbert.example", origin: PUBLIC })).status).toBe(200);
  });

  it("is worth nothing when it is changed, and opens nothing else", async () => {
    const changed = expected.replace(".e.", ".r.");
    expect((await confirm(changed)).status).toBe(403);
    expect((await confirm(`${expected}x`)).status).toBe(403);
    expect((await confirm("/verdict/")).status).toBe(403);
    const { status } = await under.raw(
      "/graphql",
      { "content-type": "application/json" },
      '{"query":"{viewer{name}}"}',
    );
    expect(status).toBe(401);
    expect(await said()).toEqual([]);
  });

  it("stores two equal words that come at once as one", async () => {
    const answers = await Promise.all([confirm(real), confirm(real)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await said()).toHaveLength(2);
    const ids = [1, 2].map((i) => idOf(number + i));
    expect(await under.stage.feedbackFor(ids, true)).toHaveLength(2);
  });

  it("does not change what was said without end", async () => {
    let status = 200;
    for (let turn = 0; turn < 50 && status === 200; turn += 1)
      ({ status } = await confirm(turn % 2 === 0 ? real : expected));
    expect(status).toBe(409);
    expect(await said()).toHaveLength(2);
  });

  it("shows a log's text as text, without what would deceive its reader", async () => {
    number += 5;
    const [path] = await linksOf("<img src=x onerror=alert(1)>\u202egnp\u001b[31m");
    const { text } = await under.raw(path);
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;gnp [31m");
    expect(text).not.toContain("<img");
  });

  it("is of an incident that is there", async () => {
    const beforeMs = Date.now() + 1_000;
    await under.stage.expire({ beforeMs, labelledBeforeMs: beforeMs, samplesMax: 0 });
    expect((await under.raw(expected)).status).toBe(404);
  });

  it("is signed by a secret that its owner alone can read", () => {
    const { mode } = statSync(join(dirname(under.path), "alert-links.key"));
    expect(mode & 0o777).toBe(0o600);
  });
});
