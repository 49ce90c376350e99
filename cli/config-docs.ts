import { z } from "zod";
import { API_TOKEN, configSchema, ENVIRONMENT } from "./config.ts";

/** The parts of a JSON schema that the table shows. */
const node = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** docs/configuration.md, made from the schema that validates the file: every key with its type, default and meaning. */
export function configurationDocs(): string {
  const schema = node.parse(z.toJSONSchema(configSchema, { io: "input" }));
  const rooms = Object.entries(schema.properties ?? {}).map(([room, value]) =>
    roomSection(room, node.parse(value)),
  );
  return [
    "# Configuration",
    "",
    "One YAML file (`logbert.yaml`, `--config FILE` or `LOGBERT_CONFIG`), checked as a whole by `logbert validate`.",
    "`${env:NAME}` and `${env:NAME:-default}` work as in the Collector. Environment variables, and a `.env` file, override the file.",
    "This page is generated from the schema (`npm run generate`); a test compares them.",
    "",
    ...rooms.flat(),
    "## Environment variables",
    "",
    "| variable | sets |",
    "|---|---|",
    ...Object.entries(ENVIRONMENT).map(([name, path]) => `| \`${name}\` | \`${path.join(".")}\` |`),
    `| \`${API_TOKEN}\` | one token of \`api.tokens\`, named \`api\`, with the role \`write\`, where the file lists none |`,
    "| `LOGBERT_CONFIG` | the configuration file |",
    "| `BATCH_MODE` | `true`: `logbert serve` scores stdin as `logbert score -` does |",
    "",
  ].join("\n");
}

function roomSection(room: string, schema: z.infer<typeof node>): string[] {
  return [
    `## ${room}`,
    "",
    schema.description ?? "",
    "",
    "| key | type | default | meaning |",
    "|---|---|---|---|",
    ...rows(room, schema),
    "",
  ];
}

function rows(path: string, schema: z.infer<typeof node>): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const child = node.parse(value);
    const childPath = `${path}.${key}`;
    return child.properties === undefined ? [row(childPath, child)] : rows(childPath, child);
  });
}

function row(path: string, schema: z.infer<typeof node>): string {
  const fallback = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${path}\` | ${typeName(schema)} | ${fallback} | ${(schema.description ?? "").replaceAll("|", "\\|")} |`;
}

function typeName(schema: z.infer<typeof node>): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" ");
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeName(node.parse(one))).join(" or ");
  return schema.type ?? "";
}
