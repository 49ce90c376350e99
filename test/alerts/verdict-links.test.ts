import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiUnderTest, NOTHING, startApiUnderTest } from "../api/start-api.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { bodyOf, type Receiver, startReceiver } from "./receiver.ts";

const PUBLIC = "https://logbert.example";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const tokens = [{ name: "alice", role: "write", token: "writer-token-0123456789" }] as const;

let receiver: Receiver;
let under: ApiUnderTest;
/** Paths of the links in the message. */
let real: string;
let expected: string;
beforeEach(async () => {
  receiver = await startReceiver();
  const channel = { kind: "webhook", name: "ops", url: receiver.url, secret: "a secret of plain text" };
  under = await startApiUnderTest(
    { tokens: [...tokens] },
    { channels: [channel], public_url: PUBLIC, gather_seconds: 0 },
  );
  await under.stage.saveBatch({
    ...NOTHING,
    anomalies: [1, 2].map((i) => anAnomaly(i, { timeMs: Date.now(), templateId: `t${i}` })),
  });
  const [message] = await receiver.got(1);
  const incident = message === undefined ? undefined : bodyOf(message).incident;
  real = (incident?.realUrl ?? "").replace(PUBLIC, "");
  expected = (incident?.expectedUrl ?? "").replace(PUBLIC, "");
});
afterEach(async () => {
  await under.close();
  await receiver.close();
});

const said = async () =>
  (await under.stage.feedbackForIncidents([idOf(1)])).map(({ author, isTrueAnomaly }) => [
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

  it("shows a log's text as text", async () => {
    await under.stage.saveBatch({
      ...NOTHING,
      anomalies: [anAnomaly(5_000, { timeMs: Date.now(), service: "<img src=x onerror=alert(1)>" })],
    });
    const message = (await receiver.got(2)).at(-1);
    const path = (message && bodyOf(message).incident?.realUrl)?.replace(PUBLIC, "") ?? "";
    const { text } = await under.raw(path);
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(text).not.toContain("<img");
  });

  it("is of an incident that is there", async () => {
    await under.stage.expire({
      beforeMs: Date.now() + 1_000,
      labelledBeforeMs: Date.now() + 1_000,
      samplesMax: 0,
    });
    expect((await under.raw(expected)).status).toBe(404);
  });

  it("is signed by a secret that its owner alone can read", () => {
    const { mode } = statSync(join(dirname(under.path), "alert-links.key"));
    expect(mode & 0o777).toBe(0o600);
  });
});
