import { describe, expect, it } from "vitest";
import { forwardConfig } from "./config.ts";
import { targetOf } from "./target.ts";

const target = (endpoint: string, more: object = {}) => targetOf(forwardConfig.parse({ endpoint, ...more }));

describe("an endpoint over gRPC", () => {
  it.each([
    ["collector:4317", "collector:4317", false],
    ["collector", "collector:4317", false],
    ["http://collector:4317", "collector:4317", false],
    ["https://collector", "collector:443", true],
    ["https://collector:443", "collector:443", true],
    ["https://collector:80", "collector:80", true],
    ["gateway:80", "gateway:80", false],
    ["http://gateway:80", "gateway:80", false],
    ["[::1]:4317", "[::1]:4317", false],
    ["[::1]", "[::1]:4317", false],
  ])("%s", (endpoint, authority, isTls) => {
    expect(target(endpoint)).toMatchObject({ protocol: "grpc", authority, isTls });
  });

  it("uses TLS where the configuration says so", () => {
    expect(target("collector:4317", { tls: { enabled: true } })).toMatchObject({
      authority: "collector:4317",
      isTls: true,
    });
  });
});

describe("an endpoint over HTTP", () => {
  it.each([
    ["localhost:4318", "http://localhost:4318/v1/logs"],
    ["http://loki:3100/otlp", "http://loki:3100/otlp/v1/logs"],
    ["http://loki:3100/otlp/", "http://loki:3100/otlp/v1/logs"],
    ["http://loki:3100/otlp/v1/logs", "http://loki:3100/otlp/v1/logs"],
    ["http://loki:3100/otlp/v1/logs/", "http://loki:3100/otlp/v1/logs"],
    ["http://gateway/otlp", "http://gateway/otlp/v1/logs"],
    ["https://gateway:443/v1/logs", "https://gateway/v1/logs"],
    ["https://gateway:8443/v1/logs?tenant=a", "https://gateway:8443/v1/logs?tenant=a"],
    ["[::1]:4318", "http://[::1]:4318/v1/logs"],
  ])("%s is %s", (endpoint, url) => {
    expect(target(endpoint)).toMatchObject({ protocol: "http", url });
  });

  it.each([
    ["collector", "http://collector:4318/v1/logs"],
    ["collector:9000", "http://collector:9000/v1/logs"],
    ["http://gateway:80", "http://gateway/v1/logs"],
  ])("is one when the configuration says so: %s", (endpoint, url) => {
    expect(target(endpoint, { protocol: "http" })).toMatchObject({ protocol: "http", url });
  });
});

describe("a header", () => {
  const parse = (headers: object) => forwardConfig.safeParse({ endpoint: "collector:4317", headers });

  it("that no protocol can send is refused, without its value", () => {
    const result = parse({ authorization: "Bearer hunter2\n" });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).not.toContain("hunter2");
  });
});
