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
const dashboard = z.object({ panels: z.array(z.object({ targets: z.array(query) })) });

/** The queries of all panels, as Grafana sends them for an hour and every service. */
export function dashboardQueries(): DashboardQuery[] {
  const text = readFileSync(backendFile("grafana-dashboard.json"), "utf8");
  return dashboard
    .parse(JSON.parse(text))
    .panels.flatMap(({ targets }) => targets)
    .map(({ datasource, expr }) => ({ language: datasource.type, text: filledIn(expr) }));
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
