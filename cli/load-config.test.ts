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

  test.each([
    ["a list", "- 1\n- 2\n", /keys and values/],
    ["broken YAML", "window: [1, 2\n", /no valid YAML/],
    ["a room that is no mapping", "window: 3\n", /window: .*object/],
  ])("%s is refused", (_, text, message) => {
    expect(problemsOf(text).join("\n")).toMatch(message);
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
});
