import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { ConfigError, loadConfig } from "./load-config.ts";

function fileWith(text: string): string {
  const path = join(temporaryDirectory("logbert-config"), "logbert.yaml");
  writeFileSync(path, text);
  return path;
}

function problemsOf(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    loadConfig({ file: fileWith(text), environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("a wrong configuration", () => {
  test("names every problem with its path, all at once", () => {
    const problems = problemsOf("window: { size: many, sise: 3 }\nstore: { path: 7 }\n");
    expect(problems.join("\n")).toMatch(/window\.size: .*number/);
    expect(problems.join("\n")).toMatch(/window: .*sise/);
    expect(problems.join("\n")).toMatch(/store\.path: .*string/);
  });

  test("names the environment variable that a value came from", () => {
    expect(problemsOf("", { SEQUENCE_LENGTH: "lots" })).toEqual([
      expect.stringMatching(/^window\.size \(from the environment variable SEQUENCE_LENGTH\): /),
    ]);
  });

  test("a name of an instance that is a number is a name", () => {
    expect(loadConfig({ file: fileWith(""), environment: { LOGBERT_INSTANCE: "0" } }).store.instance).toBe(
      "0",
    );
    expect(problemsOf("", { LOGBERT_INSTANCE: "my stage" })).toEqual([
      expect.stringMatching(/^store\.instance \(from the environment variable LOGBERT_INSTANCE\): must be/),
    ]);
  });

  test("names the variable of a token, where the file has none", () => {
    for (const file of ["", "api: { tokens: [] }\n"])
      expect(problemsOf(file, { LOGBERT_API_TOKEN: "short" })).toEqual([
        expect.stringMatching(
          /^api\.tokens\.0\.token \(from the environment variable LOGBERT_API_TOKEN\): must have at least 16/,
        ),
      ]);
    const listed = "api: { tokens: [{ name: a, role: read, token: 'secret' }] }";
    expect(problemsOf(listed, { LOGBERT_API_TOKEN: "0123456789abcdef" })[0]).not.toContain(
      "LOGBERT_API_TOKEN",
    );
  });

  test.each([
    ["a list", "- 1\n- 2\n", /keys and values/],
    ["broken YAML", "window: [1, 2\n", /no valid YAML/],
    [
      "a second document, which would not be read",
      "window: {}\n---\nreceive: { auth: { tokens: [] } }\n",
      /no valid YAML at line 2 \(MULTIPLE_DOCS\)/,
    ],
    [
      "a merge as YAML 1.1 had it",
      "receive: { http: { <<: {} } }\n",
      /receive\.http: Unrecognized key: "<<"/,
    ],
    [
      "an alias within what it stands for",
      "window: &all { size: 3, all: *all }\n",
      /no valid YAML: an alias/,
    ],
    ["a room that is no mapping", "window: 3\n", /window: .*object/],
    [
      "a retention in which an incident would never end",
      "remember: { retention_days: 0.9 }",
      /remember\.retention_days: .*1/,
    ],
    [
      "a prefix whose threshold is a sampler's",
      "attributes: { prefix: sampling }",
      /attributes\.prefix: .*another/,
    ],
  ])("%s is refused", (_, text, message) => {
    expect(problemsOf(text).join("\n")).toMatch(message);
  });

  const token = "0123456789abcdef-secret";
  test.each([
    ["an open address", "api: { endpoint: '0.0.0.0:4000' }", /^api\.endpoint: .*set api\.tokens/],
    ["an open address, by name", "api: { endpoint: 'logs.example:4000' }", /^api\.endpoint: /],
    ["an open address, IPv6", "api: { endpoint: '[::]:4000', tokens: [] }", /^api\.endpoint: /],
    ["a port that there is not", "api: { endpoint: '127.0.0.1:99999' }", /^api\.endpoint: .*up to 65535/],
    ["no token", "api: { tokens: [{ name: a, role: read }] }", /^api\.tokens\.0\.token: /],
    [
      "a short token",
      "api: { tokens: [{ name: a, role: read, token: 'secret' }] }",
      /at least 16 characters/,
    ],
    [
      "a variable that is not set",
      "api: { tokens: [{ name: a, role: read, token: '${env:NONE}' }] }",
      /variable that is not set/,
    ],
    ["a number", "api: { tokens: [{ name: a, role: read, token: 12345678901234567 }] }", /must be text/],
    ["spaces", "api: { tokens: [{ name: a, role: read, token: 'with a secret space' }] }", /without spaces/],
    ["no role", `api: { tokens: [{ name: a, token: ${token} }] }`, /^api\.tokens\.0\.role: /],
    ["another role", `api: { tokens: [{ name: a, role: admin, token: ${token} }] }`, /"read"\|"write"/],
    ["a key too many", `api: { tokens: [{ name: a, role: read, token: ${token}, x: 1 }] }`, /: .*"x"/],
    ["no name", `api: { tokens: [{ name: '', role: read, token: ${token} }] }`, /^api\.tokens\.0\.name: /],
    [
      "a name with signs",
      `api: { tokens: [{ name: "a\\e[1m", role: read, token: ${token} }] }`,
      /\.name: 1 to 64/,
    ],
    [
      "two of one name",
      `api: { tokens: [{ name: a, role: read, token: ${token} }, { name: a, role: write, token: ${token}2 }] }`,
      /^api\.tokens\.1\.name: /,
    ],
    [
      "one of two names",
      `api: { tokens: [{ name: a, role: read, token: ${token} }, { name: b, role: write, token: ${token} }] }`,
      /^api\.tokens\.1\.token: /,
    ],
  ])("access by %s is refused, with the place and without the secret", (_, text, message) => {
    const problems = problemsOf(text);
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems.join("\n")).not.toContain("secret");
  });

  test("a missing file says how to name one", () => {
    expect(() => loadConfig({ file: "/nowhere/logbert.yaml", environment: {} })).toThrow(
      /--config or LOGBERT_CONFIG/,
    );
  });
});

describe("a right configuration", () => {
  test("has the original program's defaults", () => {
    const config = loadConfig({ file: fileWith(""), environment: {} });
    expect(config.window).toMatchObject({ type: "count", size: 20, step: 5 });
    expect(config.template).toMatchObject({ depth: 4, similarity: 0.5 });
    expect(config.telemetry.log_level).toBe("INFO");
  });

  test("the environment overrides the file, in the original program's names", () => {
    const config = loadConfig({
      file: fileWith("window: { size: 30 }\n"),
      environment: {
        SEQUENCE_LENGTH: "16",
        WINDOW_TYPE: "session",
        LOG_LEVEL: "warning",
        ANOMALY_THRESHOLD: "0.9",
      },
    });
    expect(config.window).toMatchObject({ size: 16, type: "session" });
    expect(config.telemetry.log_level).toBe("WARN");
    expect(config.calibrate.anomaly_threshold).toBe(0.9);
  });

  test("variables are expanded as the Collector does, and take their value's type", () => {
    const text = "window: { size: '${env:SIZE:-12}' }\nforward: { endpoint: '${env:HOP}:4317' }\n";
    const config = loadConfig({ file: fileWith(text), environment: { HOP: "next" } });
    expect(config.window.size).toBe(12);
    expect(config.forward.endpoint).toBe("next:4317");
  });

  test("listens beyond loopback with a token, of the file or of the environment", () => {
    const environment = { LOGBERT_API_TOKEN: "0123456789abcdef" };
    const open = "endpoint: '0.0.0.0:4000'";
    for (const none of ["", ", tokens: []"]) {
      const alone = loadConfig({ file: fileWith(`api: { ${open}${none} }\n`), environment });
      expect(alone.api.tokens).toEqual([{ name: "api", role: "write", token: "0123456789abcdef" }]);
    }
    const tokens = "tokens: [{ name: board, role: read, token: '${env:LOGBERT_API_TOKEN}' }]";
    const listed = loadConfig({ file: fileWith(`api: { ${open}, ${tokens} }\n`), environment });
    expect(listed.api.tokens).toEqual([{ name: "board", role: "read", token: "0123456789abcdef" }]);
  });

  test.each(["127.0.0.1:0", "127.1.2.3:4000", "localhost:4000", "[::1]:4000", ""])(
    "needs no token on %j",
    (endpoint) => {
      const config = loadConfig({ file: fileWith(`api: { endpoint: '${endpoint}' }\n`), environment: {} });
      expect(config.api.tokens).toEqual([]);
    },
  );
});
