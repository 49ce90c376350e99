import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiConfig } from "../config.ts";
import { fillLinks, linkTemplateProblem } from "./link-template.ts";
import { linkValues } from "./link-values.ts";

const anomaly = {
  id: "01JDANOMALY",
  service: "check out/eu",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  template: 'Charged <*> & "more"',
  templateId: "a1b2",
  timeMs: Date.UTC(2026, 10, 29, 12, 0, 0),
  window: [{ timeMs: Date.UTC(2026, 10, 29, 11, 59, 0) }, { timeMs: Date.UTC(2026, 10, 29, 12, 0, 0) }],
};

describe("a link's template is refused", () => {
  test.each([
    ["javascript:alert(1)", "must begin with http"],
    ["data:text/html,x", "must begin with http"],
    ["file:///etc/passwd", "must begin with http"],
    ["//logs.example/x", "must begin with http"],
    ["/d/logs", "must begin with http"],
    ["", "must begin with http"],
    ["https://", "must begin with http"],
    ["https://{service}/logs", "must begin with http"],
    ["https://logs.{service}.example/", "must begin with http"],
    ["https://user:secret@logs.example/", "must begin with http"],
    ["https://logs.example:99999/", "must begin with http"],
    ["https://logs.example/{servce}", "{servce} is no placeholder; there are {service} {traceId}"],
    ["https://logs.example/{}", "{} is no placeholder"],
    ["https://logs.example/{toString}", "{toString} is no placeholder"],
    ['https://logs.example/?q={"a":{service}}', "has a brace"],
    ["https://logs.example/?q=}", "has a brace"],
    ["https://logs.example/?q=a b", "has a space"],
  ])("%j: %s", (url, problem) => {
    expect(linkTemplateProblem(url)).toContain(problem);
  });

  test("by the configuration, which names the field", () => {
    const parsed = apiConfig.safeParse({ links: [{ name: "Logs", url: "javascript:{traceId}" }] });
    expect(parsed.error?.issues).toMatchObject([{ path: ["links", 0, "url"] }]);
  });

  test("as is a link with an unknown key, without a name, and one that has another's name", () => {
    const url = "https://logs.example/";
    expect(apiConfig.safeParse({ links: [{ name: "Logs", url, icon: "x" }] }).success).toBe(false);
    expect(apiConfig.safeParse({ links: [{ name: " ", url }] }).success).toBe(false);
    const twice = apiConfig.safeParse({
      links: [
        { name: "Logs", url },
        { name: "Logs", url },
      ],
    });
    expect(twice.error?.issues).toMatchObject([{ path: ["links", 1, "name"] }]);
  });
});

describe("a link", () => {
  test.each([
    "http://localhost:3000",
    "https://logs.example/?q={service}&from={fromMs}",
    "HTTPS://A.example#{from}",
  ])("may be %s", (url) => {
    expect(linkTemplateProblem(url)).toBeUndefined();
  });

  test("has the anomaly's values, encoded, each as often as it is named", () => {
    const url =
      "https://x.example/{service}/{service}?t={traceId}&q={template}&k={templateId}&a={anomalyId}&r={from}/{to}&ms={fromMs}-{toMs}";
    expect(fillLinks([{ name: "X", url }], linkValues(anomaly))).toEqual([
      {
        name: "X",
        url: "https://x.example/check%20out%2Feu/check%20out%2Feu?t=4bf92f3577b34da6a3ce929d0e0e4736&q=Charged%20%3C%2A%3E%20%26%20%22more%22&k=a1b2&a=01JDANOMALY&r=2026-11-29T11%3A54%3A00.000Z/2026-11-29T12%3A05%3A00.000Z&ms=1795953240000-1795953900000",
      },
    ]);
  });

  test("that needs a trace is left out where there is none; the others stay", () => {
    const templates = [
      { name: "Trace", url: "https://x.example/trace/{traceId}" },
      { name: "Logs", url: "https://x.example/logs?service={service}" },
    ];
    const links = fillLinks(templates, linkValues({ ...anomaly, traceId: undefined }));
    expect(links.map(({ name }) => name)).toEqual(["Logs"]);
  });

  test("reaches five minutes around the record where nothing was before it", () => {
    const { from, to } = linkValues({ ...anomaly, window: [] });
    expect([from, to]).toEqual(["2026-11-29T11:55:00.000Z", "2026-11-29T12:05:00.000Z"]);
  });

  test("leads to the configured host whatever the log says, and is an address", () => {
    const url = "https://logs.example/a/{service}?q={template}#{service}";
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (service, template) => {
        const [link] = fillLinks([{ name: "X", url }], linkValues({ ...anomaly, service, template }));
        expect(new URL(link?.url ?? "").host).toBe("logs.example");
      }),
    );
    const half = { ...anomaly, service: "half \ud800 pair" };
    expect(fillLinks([{ name: "X", url }], linkValues(half))).toHaveLength(1);
  });

  test("keeps what a log says within the quotes and brackets of the address", () => {
    const url = "https://kibana.example/#/?_a=(query:(language:kuery,query:'service.name:%22{service}%22'))";
    const [link] = fillLinks([{ name: "X", url }], linkValues({ ...anomaly, service: "o'brien')),x:!('*" }));
    expect(link?.url).toBe(url.replace("{service}", "o%27brien%27%29%29%2Cx%3A%21%28%27%2A"));
  });

  test("is filled once: a value that looks like a placeholder stays as it is", () => {
    const links = fillLinks(
      [{ name: "X", url: "https://x.example/?q={service}" }],
      linkValues({ ...anomaly, service: "{traceId}$&" }),
    );
    expect(links[0]?.url).toBe("https://x.example/?q=%7BtraceId%7D%24%26");
  });
});
