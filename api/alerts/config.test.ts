import { describe, expect, it } from "vitest";
import { alertsConfig, hideAlertSecrets } from "./config.ts";

const SLACK = { kind: "slack", name: "ops", url: "https://hooks.slack.com/services/T0/B0/hidden-part" };
const WEBHOOK = {
  kind: "webhook",
  name: "hook",
  url: "https://ops.example/hidden-part",
  secret: "hidden-secret-text",
};
const OTLP = {
  kind: "otlp",
  name: "events",
  endpoint: "https://collector.example:4317",
  headers: { authorization: "hidden-header" },
};

/** Where something is wrong, and what. */
function problems(settings: unknown): readonly string[] {
  const result = alertsConfig.safeParse(settings);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("alerts", () => {
  it("are none unless there are channels, and take every kind of them", () => {
    expect(alertsConfig.parse({}).channels).toEqual([]);
    const { channels } = alertsConfig.parse({
      channels: [SLACK, { ...SLACK, kind: "teams", name: "team" }, WEBHOOK, OTLP],
    });
    expect(channels.map((one) => [one.limit_per_hour, one.cool_down_minutes])).toEqual([
      [20, 10],
      [20, 10],
      [1_000, 0],
      [1_000, 0],
    ]);
  });

  it.each([
    [
      "an unset variable",
      { ...SLACK, url: "" },
      "channels.0.url: must be an http or https address; a variable",
    ],
    ["another scheme", { ...SLACK, url: "file:///etc/passwd" }, "channels.0.url: must be"],
    ["credentials in an address", { ...SLACK, url: "https://a:b@x.example" }, "channels.0.url: must hold no"],
    ["no secret", { ...WEBHOOK, secret: undefined }, "channels.0.secret: must be text"],
    ["a short secret", { ...WEBHOOK, secret: "short" }, "channels.0.secret: must have at least 16"],
    ["a name that is no label", { ...SLACK, name: "Ops!" }, "channels.0.name: 1 to 40"],
    ["an unknown kind", { ...SLACK, kind: "pager" }, "channels.0.kind: "],
    ["an unknown key", { ...SLACK, urls: "x" }, 'channels.0: Unrecognized key: "urls"'],
    [
      "a path of OTLP",
      { ...OTLP, endpoint: "http://x:4317/v1/logs" },
      "channels.0.endpoint: must be http://host:port",
    ],
    [
      "no time zone",
      { ...SLACK, quiet_hours: [{ time_zone: "CEST/x", from: "22:00", to: "07:00" }] },
      "channels.0.quiet_hours.0.time_zone: no time zone",
    ],
    [
      "no time of a day",
      { ...SLACK, quiet_hours: [{ time_zone: "UTC", from: "25:00", to: "07:00" }] },
      "channels.0.quiet_hours.0.from: a time such as",
    ],
    ["a header of two lines", { ...OTLP, headers: { a: "x\ny" } }, "channels.0.headers.a: must be of ASCII"],
    ["a login", { ...OTLP, endpoint: "https://:pw@h:4317" }, "channels.0.endpoint: must hold no user name"],
    ["a query", { ...OTLP, endpoint: "https://h:4317?token=x" }, "channels.0.endpoint: must hold no"],
    ["a password", { ...SLACK, url: "https://:pw@h/x" }, "channels.0.url: must hold no user name"],
  ])("are refused with %s", (_, channel, problem) => {
    expect(problems({ channels: [channel] }).join("\n")).toContain(problem);
  });

  it("name each channel once, and route to those that there are", () => {
    expect(problems({ channels: [SLACK, { ...WEBHOOK, name: "ops" }] })).toEqual([
      "channels.1.name: ops is the name of another channel; give each its own",
    ]);
    expect(problems({ channels: [SLACK], routes: [{ channels: ["ops", "none"] }] })).toEqual([
      "routes.0.channels: there is no channel none",
    ]);
  });

  it("tell no secret where something is wrong, nor when they are printed", () => {
    const wrong = [SLACK, WEBHOOK, OTLP].map((one) => ({
      ...one,
      limit_per_hour: 0,
      url: `${one.kind}:hidden`,
    }));
    expect(problems({ channels: wrong }).join("\n")).not.toContain("hidden");
    const config = alertsConfig.parse({
      channels: [SLACK, WEBHOOK, OTLP],
      link_secret: "hidden-links-secret",
    });
    const printed = JSON.stringify(hideAlertSecrets(config));
    expect(printed.replaceAll("(hidden)", "")).not.toContain("hidden");
    expect(printed).toContain('"authorization"');
  });

  it("take a public address with a slash at its end", () => {
    expect(alertsConfig.parse({ public_url: "https://logbert.example/x/" }).public_url).toBe(
      "https://logbert.example/x",
    );
  });
});
