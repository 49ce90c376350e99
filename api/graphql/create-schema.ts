import { readFileSync } from "node:fs";
import { makeExecutableSchema } from "@graphql-tools/schema";
import type { GraphQLSchema } from "graphql";
import { alerts } from "./alerts.ts";
import { anomalies } from "./anomalies.ts";
import { anomalyLinks } from "./anomaly-links.ts";
import { dateTime } from "./date-time.ts";
import { deployments } from "./deployments.ts";
import { feedback } from "./feedback.ts";
import { incidents } from "./incidents.ts";
import { labelling } from "./labelling.ts";
import { live } from "./live.ts";
import { llmExplanations } from "./llm-explanations.ts";
import { nearestNormal } from "./nearest-normal.ts";
import { scoreSeries } from "./score-series.ts";
import { services } from "./services.ts";
import { status } from "./status.ts";
import { templates } from "./templates.ts";
import { thresholdPreview } from "./threshold-preview.ts";
import { thresholds } from "./thresholds.ts";
import { training } from "./training.ts";
import { viewer } from "./viewer.ts";

/** schema.graphql with its resolvers; throws when one of them has no field in it. */
export function createSchema(): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: readFileSync(new URL("../schema.graphql", import.meta.url), "utf8"),
    resolvers: [
      { DateTime: dateTime },
      alerts,
      anomalies,
      anomalyLinks,
      deployments,
      feedback,
      incidents,
      labelling,
      live,
      llmExplanations,
      nearestNormal,
      scoreSeries,
      services,
      status,
      templates,
      thresholdPreview,
      thresholds,
      training,
      viewer,
    ],
    resolverValidationOptions: { requireResolversToMatchSchema: "error" },
  });
}
