import { readFileSync } from "node:fs";
import { z } from "zod";
import { backendFile } from "./documents.ts";

/** The one that a search refers to. */
const indexPattern = z.strictObject({
  type: z.literal("index-pattern"),
  id: z.string().min(1),
  attributes: z.strictObject({ title: z.string().min(1), timeFieldName: z.string() }),
  references: z.array(z.never()),
  migrationVersion: z.strictObject({ "index-pattern": z.literal("7.6.0") }),
});

const jsonText = z.string().transform((text): unknown => JSON.parse(text));

const search = z.strictObject({
  type: z.literal("search"),
  id: z.string().min(1),
  attributes: z.strictObject({
    title: z.string().min(1),
    description: z.string(),
    hits: z.literal(0),
    columns: z.array(z.string()).min(1),
    sort: z.array(z.tuple([z.string(), z.enum(["asc", "desc"])])),
    version: z.literal(1),
    kibanaSavedObjectMeta: z.strictObject({
      searchSourceJSON: jsonText.pipe(
        z.strictObject({
          query: z.strictObject({ query: z.string(), language: z.enum(["lucene", "kuery"]) }),
          filter: z.array(z.never()),
          highlightAll: z.boolean(),
          version: z.boolean(),
          indexRefName: z.string(),
        }),
      ),
    }),
  }),
  references: z.tuple([
    z.strictObject({ name: z.string(), type: z.literal("index-pattern"), id: z.string() }),
  ]),
  migrationVersion: z.strictObject({ search: z.literal("7.9.3") }),
});

/**
 * A file of saved objects as OpenSearch Dashboards and Kibana import it: an object a line, an index pattern and the search that
 * refers to it, nothing in it that their mappings do not know. Source: src/plugins/discover/server/saved_objects/search.ts and
 * src/plugins/data/server/saved_objects/index_patterns.ts of OpenSearch Dashboards; the versions are those of the form that both
 * bring up to date.
 */
export function readSavedSearch(name: string) {
  const lines = readFileSync(backendFile(name), "utf8").trimEnd().split("\n");
  return z.tuple([indexPattern, search]).parse(lines.map((line): unknown => JSON.parse(line)));
}
