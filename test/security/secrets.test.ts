import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { encodeStatus } from "../../processor/wire/rpc-status.ts";
import { startHttpNextHop } from "../edges/next-hop.ts";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { runCommand } from "../product/run-command.ts";

/** In every secret, and nowhere else. */
const MARK = "qzsecretqz";
const secret = (place: string) => `${MARK}-${place}-0123456789abcdef`;

/** A secret in each place of the configuration that takes one; ports are those of nobody, or of somebody who repeats what he hears. */
function secretSettings(port: number) {
  const channel = {
    name: "a",
    url: `http://127.0.0.1:${port}/${secret("slack")}`,
    allow_private_addresses: true,
  };
  return {
    receive: {
      auth: { tokens: [{ name: "sender", token: secret("intake") }] },
      kafka: {
        brokers: ["127.0.0.1:1"],
        topics: [{ name: "logs" }],
        sasl: { mechanism: "PLAIN", username: "logbert", password: secret("kafka-in") },
      },
    },
    forward: {
      endpoint: `http://127.0.0.1:${port}/v1/logs?key=${secret("query")}`,
      headers: { authorization: `Bearer ${secret("forward")}`, "x-api-key": secret("key") },
      metadata_keys: ["x-sender-token"],
      kafka: { sasl: { mechanism: "PLAIN", username: "logbert", password: secret("kafka-out") } },
    },
    api: {
      tokens: [
        { name: "reader", role: "read", token: secret("read") },
        { name: "writer", role: "write", token: secret("write") },
      ],
    },
    alerts: {
      public_url: "http://127.0.0.1:4000",
      link_secret: secret("links"),
      channels: [
        { kind: "slack", ...channel },
        { kind: "teams", ...channel, name: "b", url: `http://127.0.0.1:1/${secret("teams")}` },
        {
          kind: "webhook",
          ...channel,
          name: "c",
          url: `http://127.0.0.1:${port}/${secret("hook")}`,
          secret: secret("sign"),
        },
        {
          kind: "otlp",
          name: "d",
          endpoint: "http://127.0.0.1:1",
          headers: { authorization: secret("otlp") },
        },
      ],
    },
    explainer: {
      provider: "openai-compatible",
      model: "m",
      base_url: `http://127.0.0.1:${port}/v1`,
      api_key: secret("llm"),
      google_api_key: secret("google"),
      retries: 0,
    },
  };
}

/** Somebody who refuses everything and repeats what he was sent: path, headers and all. */
function startGossip() {
  return startHttpNextHop((_, { url = "", headers }) => ({
    status: 503,
    headers: { "content-type": "application/x-protobuf" },
    body: encodeStatus({ code: 14, message: `I have heard ${Object.values(headers).join(" ")} at ${url}` }),
  }));
}

it("a whole product with a secret in every place says none of them, whatever goes wrong", {
  timeout: 120_000,
}, async () => {
  const gossip = await startGossip();
  const logbert = await startLogbert({
    settings: secretSettings(Number(gossip.address.split(":")[1])),
    environment: { LOG_LEVEL: "TRACE", LOGBERT_API_TOKEN: "" },
  });
  const heard: string[] = [];
  const hear = async (response: Response) => {
    heard.push(JSON.stringify([...response.headers]), await response.text());
  };
  const ask = async (query: string, token: string) =>
    hear(
      await fetch(`${logbert.apiUrl}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      }),
    );
  const address = logbert.grpcEndpoint;
  const httpAddress = new URL(logbert.httpUrl).host;

  // What does not get in, what gets in and is refused by the next hop, and what is no request.
  for (const token of [secret("intake"), `${secret("intake")}x`]) {
    const headers = { authorization: `Bearer ${token}`, "x-sender-token": secret("metadata") };
    heard.push((await sendGrpc(address, aRequest(), { metadata: headers })).details);
    for (const body of [aRequest(), Uint8Array.from([255, 255])]) {
      const { headers: told, body: said } = await sendHttp(httpAddress, body, headers);
      heard.push(JSON.stringify(told), said.toString("latin1"));
    }
  }
  expect(gossip.received.length).toBeGreaterThan(0);
  // Every operation with a right token, with a wrong one, and one that is no GraphQL.
  const status =
    "{ status { version model forwardState forwardEndpoint database } viewer { name } alertChannels { name kind lastError } }";
  for (const token of [secret("read"), secret("write"), `${secret("write")}x`]) {
    await ask(status, token);
    await ask("{ nothing", token);
    for (const channel of ["a", "b", "c", "d"])
      await ask(`mutation { sendTestAlert(channel: "${channel}") }`, token);
    await ask(
      'mutation { explainAnomaly(id: "01M85P60AZ6BN0B7Z6J4KJADX0") { llmRequest { state } } }',
      token,
    );
  }
  await waitFor("every channel to have failed", async () => {
    const response = await fetch(`${logbert.apiUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${secret("read")}` },
      body: JSON.stringify({ query: "{ alertChannels { name lastError } }" }),
    });
    const text = await response.text();
    heard.push(text);
    return (text.match(/"lastError":"/g) ?? []).length === 4 ? true : undefined;
  });
  for (const path of ["/", "/readyz", "/livez", "/verdict/x", "/nowhere"])
    await hear(await fetch(`${logbert.apiUrl}${path}`));
  await hear(await fetch(logbert.metricsUrl));
  const commandLines = execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" });
  expect(commandLines).toContain("logbert.js");
  expect(await logbert.stop()).toBe(0);
  await gossip.close();
  const printed = await runCommand(
    ["validate", "--print", "--config", join(logbert.directory, "logbert.yaml")],
    {
      cwd: logbert.directory,
    },
  );
  expect(printed.code).toBe(0);
  heard.push(printed.stdout, printed.stderr);

  const all: readonly (readonly [string, string])[] = [
    ["answers", heard.join("\n")],
    ["the log", logbert.stderr()],
    ["the process list", commandLines],
    ...filesIn(logbert.directory),
  ];
  expect(logbert.stderr()).toContain("next hop: HTTP 503: I have heard");
  for (const [where, text] of all) expect([where, linesWith(text)]).toEqual([where, []]);
});

/** What the product has written down, beside the configuration that it was given. */
function filesIn(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== "logbert.yaml")
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "latin1")]);
}

function linesWith(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.includes(MARK));
}

it.each([
  [
    "an unknown key beside it",
    { receive: { auth: { tokens: [{ name: "a", token: secret("x"), tocken: 1 }] } } },
  ],
  [
    "a header and its value as a key",
    { forward: { headers: { [`authorization=Bearer ${secret("x")}`]: null } } },
  ],
  ["a secret as a key", { forward: { headers: { [secret("x")]: 1 } } }],
  ["a secret as an unknown key", { receive: { auth: { [secret("x")]: 1 } } }],
  ["a token of another type", { api: { tokens: [{ name: "a", role: "write", token: [secret("x")] }] } }],
  ["a header that cannot be sent", { forward: { headers: { authorization: `${secret("x")}\n` } } }],
  ["an address with a password", { forward: { endpoint: `http://user:${secret("x")}@127.0.0.1:1` } }],
  [
    "a channel's address that is none",
    { alerts: { channels: [{ kind: "slack", name: "a", url: secret("x") }] } },
  ],
  [
    "a channel in the own network",
    { alerts: { channels: [{ kind: "slack", name: "a", url: `http://10.0.0.1/${secret("x")}` }] } },
  ],
  ["a key that no header can carry", { explainer: { api_key: `${secret("x")} with spaces` } }],
  ["a secret that is too short", { alerts: { link_secret: MARK } }],
])("a configuration is refused without telling its secret: %s", async (_, settings) => {
  const cwd = temporaryDirectory("logbert-secrets");
  writeFileSync(join(cwd, "logbert.yaml"), stringify(settings));
  for (const command of [["validate"], ["serve"]]) {
    const { code, stdout, stderr } = await runCommand(command, { cwd });
    expect(code).toBe(2);
    expect(linesWith(stdout + stderr)).toEqual([]);
  }
});

it.each([
  ["an alias of YAML", `token: *${MARK}`],
  ["a tag of YAML", `token: !${MARK} x`],
  ["an anchor of YAML", `token: &${MARK}`],
  ["a directive of YAML", `%${MARK}`],
  ["a sign that YAML keeps to itself", `token: @${MARK}`],
  ["half a text", `token: "${MARK}`],
  ["a list that has no end", `token: [${MARK}`],
])("a secret that is taken for %s is not told", async (_, line) => {
  const cwd = temporaryDirectory("logbert-secrets");
  writeFileSync(join(cwd, "logbert.yaml"), `${line}\n`);
  const { code, stdout, stderr } = await runCommand(["validate"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("logbert.yaml is not valid");
  expect(linesWith(stdout + stderr)).toEqual([]);
});

it("a configuration is printed without what stands in its addresses", async () => {
  const cwd = temporaryDirectory("logbert-secrets");
  const url = `https://me:${secret("password")}@hop.example/x?key=${secret("query")}`;
  const settings = { telemetry: { traces: { endpoint: url } } };
  writeFileSync(join(cwd, "logbert.yaml"), stringify(settings));
  const { code, stdout } = await runCommand(["validate", "--print"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("https://(hidden)@hop.example/x?(hidden)");
  expect(linesWith(stdout)).toEqual([]);
});
