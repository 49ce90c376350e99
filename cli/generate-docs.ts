import { mkdirSync, writeFileSync } from "node:fs";
import { webhookSchema } from "../api/alerts/webhook.ts";
import { configurationDocs } from "./config-docs.ts";

writeFileSync(new URL("../docs/configuration.md", import.meta.url), configurationDocs());
mkdirSync(new URL("../docs/alerts/", import.meta.url), { recursive: true });
writeFileSync(new URL("../docs/alerts/webhook.schema.json", import.meta.url), webhookSchema());
