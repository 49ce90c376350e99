import { readFileSync } from "node:fs";
import { parser as logQl } from "@grafana/lezer-logql";
import { parser as promQl } from "@prometheus-io/lezer-promql";
import { z } from "zod";
import { backendFile } from "./documents.ts";

/** A query of the dashboard, its variables filled in. */
export interface DashboardQuery {
  readonly language: "loki" | "prometheus";
  readonly text: string;
}

const query = z.object({
  datasource: z.object({ type: z.enum(["loki", "prometheus"]) }).loose(),
  expr: z.string(),
});
const link = z.object({ url: z.string() });
const override = z.object({
  properties: z.array(z.object({ id: z.literal("links"), value: z.array(link) })),
});
const panel = z.object({
  title: z.string(),
  targets: z.array(query),
  fieldConfig: z.object({ overrides: z.array(override) }),
});
const dashboard = z.object({ panels: z.array(panel) });

const readDashboard = () =>
  dashboard.parse(JSON.parse(readFileSync(backendFile("grafana-dashboard.json"), "utf8")));

/** The queries of all panels, as Grafana sends them for an hour and every service. */
export function dashboardQueries(): DashboardQuery[] {
  return readDashboard()
    .panels.flatMap(({ targets }) => targets)
    .map(({ datasource, expr }) => ({ language: datasource.type, text: filledIn(expr) }));
}

/** Where the values of a panel lead. */
export function linksOf(title: string): string[] {
  return readDashboard()
    .panels.filter((one) => one.title === title)
    .flatMap(({ fieldConfig }) => fieldConfig.overrides)
    .flatMap(({ properties }) => properties)
    .flatMap(({ value }) => value)
    .map(({ url }) => url);
}

function filledIn(expression: string): string {
  return expression
    .replaceAll("$__rate_interval", "1m")
    .replaceAll("$__interval", "30s")
    .replaceAll("$service", ".+");
}

/** Where a query is none in its language: what stands there. */
export function mistakesIn({ language, text }: DashboardQuery): string[] {
  const mistakes: string[] = [];
  parserOf(language)
    .parse(text)
    .iterate({
      enter({ type, from, to }) {
        if (type.isError) mistakes.push(text.slice(from, Math.max(to, from + 20)));
      },
    });
  return mistakes;
}

/** The parts of a PromQL query of a kind: its metrics, or its labels. */
export function partsOf(text: string, kinds: readonly string[]): string[] {
  const parts: string[] = [];
  promQl.parse(text).iterate({
    enter({ name, from, to, node }) {
      const isMetric = name !== "Identifier" || node.parent?.name === "VectorSelector";
      if (kinds.includes(name) && isMetric) parts.push(text.slice(from, to));
    },
  });
  return parts;
}

function parserOf(language: DashboardQuery["language"]) {
  return language === "loki" ? logQl : promQl;
}
