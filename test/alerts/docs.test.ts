import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { alertsConfig } from "../../api/alerts/config.ts";
import { webhookHeaders } from "../../api/alerts/webhook.ts";
import { expandEnvironment } from "../../cli/expand-environment.ts";

const docs = readFileSync(join(import.meta.dirname, "../../docs/alerts.md"), "utf8");

/** The first block of a language in docs/alerts.md. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(docs)?.[1] ?? "";
}

it("the configuration in the docs is valid", () => {
  const { alerts } = z.object({ alerts: z.record(z.string(), z.unknown()) }).parse(parseYaml(block("yaml")));
  const environment = {
    SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T/B/x",
    TEAMS_WORKFLOW_URL: "https://example.logic.azure.com/workflows/x",
    LOGBERT_WEBHOOK_SECRET: "0123456789abcdef",
    OTLP_AUTHORIZATION: "Bearer x",
  };
  const { channels, routes } = alertsConfig.parse(expandEnvironment(alerts, environment));
  expect(channels.map(({ kind }) => kind)).toEqual(["slack", "teams", "webhook", "otlp"]);
  expect(routes).toHaveLength(3);
});

it("the verification in the docs takes what is sent, and nothing else", async () => {
  const source = `${block("js")}\nexport { isGenuine };`;
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const { isGenuine } = z.object({ isGenuine: z.custom<(...args: unknown[]) => boolean>() }).parse(module);
  for (const secret of [
    "a secret of plain text",
    `whsec_${Buffer.from("0123456789abcdef").toString("base64")}`,
  ]) {
    const body = '{"type":"test"}';
    const headers = webhookHeaders(secret, "id-1", Date.now(), body);
    expect(isGenuine(headers, body, secret)).toBe(true);
    expect(isGenuine(headers, `${body} `, secret)).toBe(false);
    expect(isGenuine(headers, body, "another secret.....")).toBe(false);
    expect(isGenuine({ ...headers, "webhook-id": "id-2" }, body, secret)).toBe(false);
    expect(isGenuine({}, body, secret)).toBe(false);
    const old = webhookHeaders(secret, "id-1", Date.now() - 301_000, body);
    expect(isGenuine(old, body, secret)).toBe(false);
  }
});
