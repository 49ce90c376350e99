import { describe, expect, it } from "vitest";
import { configSchema } from "./config.ts";
import { exposedDoors } from "./exposed-doors.ts";

const doorsOf = (settings: object) => exposedDoors(configSchema.parse(settings)).map(({ key }) => key);
const tls = { cert_file: "a", key_file: "b" };
const auth = { tokens: [{ name: "collector", token: "0123456789abcdef" }] };
const anywhere = { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "[::]:4318" } };

describe("doors that other machines reach", () => {
  it("are none by default, nor where they listen on loopback in other words, nor where they are off", () => {
    expect(doorsOf({})).toEqual([]);
    const receive = { grpc: { endpoint: "localhost:1" }, http: { endpoint: "[::1]:1" } };
    expect(doorsOf({ receive, telemetry: { metrics_endpoint: "" } })).toEqual([]);
    expect(doorsOf({ receive: { grpc: { endpoint: "" }, http: { endpoint: "" } } })).toEqual([]);
  });

  it("are told as long as they lack TLS or a log-in", () => {
    const both = ["receive.grpc", "receive.http"];
    expect(doorsOf({ receive: anywhere })).toEqual(both);
    expect(doorsOf({ receive: { ...anywhere, auth } })).toEqual(both);
    const secure = { grpc: { ...anywhere.grpc, tls }, http: { ...anywhere.http, tls } };
    expect(doorsOf({ receive: secure })).toEqual(both);
    expect(doorsOf({ receive: { ...secure, auth } })).toEqual([]);
    const mutual = { ...tls, client_ca_file: "c" };
    const mutualDoors = { grpc: { ...anywhere.grpc, tls: mutual }, http: { ...anywhere.http, tls: mutual } };
    expect(doorsOf({ receive: mutualDoors })).toEqual([]);
  });

  it("say what they lack", () => {
    const [grpc] = exposedDoors(configSchema.parse({ receive: { ...anywhere, auth } }));
    expect(grpc).toEqual({
      key: "receive.grpc",
      endpoint: "0.0.0.0:4317",
      lacks: "TLS (cert_file, key_file)",
    });
  });

  it("have the metrics among them", () => {
    expect(doorsOf({ telemetry: { metrics_endpoint: "0.0.0.0:9464" } })).toEqual([
      "telemetry.metrics_endpoint",
    ]);
  });
});
