import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../cli/exit-code.ts";
import { senderSettings } from "../../cli/lines/sender-environment.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";
import { fixture } from "./tls-files.ts";

const TOKEN = "a-token-of-senders-0123456789";

describe("the program's own senders", () => {
  let stage: LogbertProcess;
  beforeAll(async () => {
    const tls = {
      cert_file: fixture("server.pem"),
      key_file: fixture("server.key"),
      client_ca_file: fixture("ca.pem"),
    };
    stage = await startLogbert({
      settings: {
        receive: { grpc: { tls }, http: { tls }, auth: { tokens: [{ name: "senders", token: TOKEN }] } },
      },
    });
  });
  afterAll(() => stage.kill());

  const environment = {
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${TOKEN}`,
    OTEL_EXPORTER_OTLP_CERTIFICATE: fixture("ca.pem"),
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: fixture("client.pem"),
    OTEL_EXPORTER_OTLP_CLIENT_KEY: fixture("client.key"),
  };

  it.each([
    ["tail", ["-"]],
    ["replay", ["app.log", "--speed", "max"]],
    ["generate", ["--records", "2"]],
  ])("get into a stage with mutual TLS and tokens, over both doors: %s", async (command, args) => {
    const cwd = temporaryDirectory("logbert-senders");
    writeFileSync(join(cwd, "app.log"), "2026-01-05T08:00:00Z INFO one\n2026-01-05T08:00:01Z INFO two\n");
    for (const [endpoint, protocol] of [
      [stage.grpcEndpoint, "grpc"],
      [new URL(stage.httpUrl).host, "http"],
    ] as const) {
      const to = ["--endpoint", `https://${endpoint}`, "--protocol", protocol];
      const { code, stderr } = await runCommand([command, ...args, ...to], {
        cwd,
        environment,
        input: "one\ntwo\n",
      });
      expect([code, stderr.trim().split("\n").at(-1)]).toEqual([0, "2 records acknowledged."]);
      expect(stderr).not.toContain(TOKEN);
    }
  });

  it("say how in their help", async () => {
    for (const command of ["tail", "replay", "generate"])
      expect((await runCommand([command, "--help"], { cwd: "." })).stdout).toContain(
        "OTEL_EXPORTER_OTLP_HEADERS",
      );
  });
});

describe("what a sender shows", () => {
  it("is what the environment says, the variables for logs before those for everything", () => {
    const { headers } = senderSettings({
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20all",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: " Authorization = Bearer logs , x-tenant=a%2Cb=c,",
    });
    expect(headers).toEqual({ authorization: "Bearer logs", "x-tenant": "a,b=c" });
  });

  it("is nothing where nothing is said", () => {
    const nothing = { headers: {}, tls: { ca_file: "", cert_file: "", key_file: "" } };
    expect(senderSettings({})).toEqual(nothing);
    expect(senderSettings({ OTEL_EXPORTER_OTLP_HEADERS: "" })).toEqual(nothing);
  });

  it.each(["secret", "a b=secret", "x=secret%0Ay", "=secret"])(
    "is refused by the variable's name where it is no list of headers, and not told: %s",
    (text) => {
      const read = () => senderSettings({ OTEL_EXPORTER_OTLP_HEADERS: text });
      expect(read).toThrow(UsageError);
      expect(read).toThrow(/^OTEL_EXPORTER_OTLP_HEADERS: must be name=value/);
      expect(read).not.toThrow("secret");
    },
  );

  it("names the variable of a file that cannot be used, and of one that misses its other half", () => {
    expect(() => senderSettings({ OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere" })).toThrow(
      "OTEL_EXPORTER_OTLP_CERTIFICATE: cannot read /nowhere (ENOENT)",
    );
    expect(() => senderSettings({ OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: fixture("client.key") })).toThrow(
      "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY go together",
    );
  });
});
