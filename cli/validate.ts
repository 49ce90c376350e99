import type { Command } from "commander";
import { hideAlertSecrets } from "../api/alerts/config.ts";
import { hideExplainerSecrets } from "../api/llm/config.ts";
import { shownEndpoint } from "../processor/forward/target.ts";
import type { SaslConfig } from "../processor/kafka/config.ts";
import { clientTlsPaths } from "../processor/tls/client-tls.ts";
import { serverTlsPaths } from "../processor/tls/server-tls.ts";
import { readTlsFiles } from "../processor/tls/tls-files.ts";
import { shownAddress } from "../store/shown-database.ts";
import { loadConfig } from "./load-config.ts";
import { checkModel } from "./open-scorer.ts";

/** `logbert validate`: checks a configuration without starting; every error with its path, exit code 2. */
export function registerValidate(program: Command): void {
  program
    .command("validate")
    .description("Check a configuration without starting. Every key with its default: docs/configuration.md.")
    .option(
      "--config <file>",
      "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml where it exists)",
    )
    .option("--print", "print the whole configuration, defaults included, as JSON (secrets hidden)")
    .action((options: { config?: string; print?: boolean }) => {
      const config = loadConfig({ file: options.config, environment: process.env });
      readTlsFiles(clientTlsPaths(config.forward.tls));
      readTlsFiles(clientTlsPaths(config.receive.kafka.tls, "receive.kafka.tls"));
      readTlsFiles(serverTlsPaths(config.receive.grpc.tls, "receive.grpc.tls"));
      readTlsFiles(serverTlsPaths(config.receive.http.tls, "receive.http.tls"));
      checkModel(config.inference);
      process.stdout.write(
        options.print
          ? `${JSON.stringify(hideSecrets(config), hideInUrl, 2)}\n`
          : "The configuration is valid.\n",
      );
    });
}

function hideSecrets(config: ReturnType<typeof loadConfig>): unknown {
  const headers = Object.fromEntries(Object.keys(config.forward.headers).map((name) => [name, "(hidden)"]));
  const tokens = config.api.tokens.map(hideToken);
  const auth = { tokens: config.receive.auth.tokens.map(hideToken) };
  return {
    ...config,
    receive: { ...config.receive, auth, kafka: hidePassword(config.receive.kafka) },
    forward: {
      ...config.forward,
      headers,
      endpoint: shownEndpoint(config.forward.endpoint),
      kafka: hidePassword(config.forward.kafka),
    },
    store: { ...config.store, url: config.store.url === "" ? "" : shownAddress(config.store.url) },
    api: { ...config.api, tokens },
    alerts: hideAlertSecrets(config.alerts),
    explainer: hideExplainerSecrets(config.explainer),
  };
}

function hidePassword<Kafka extends { readonly sasl: SaslConfig }>(kafka: Kafka): Kafka {
  const { sasl } = kafka;
  return sasl.password === "" ? kafka : { ...kafka, sasl: { ...sasl, password: "(hidden)" } };
}

/** Whatever an address is for. */
function hideInUrl(_: string, value: unknown): unknown {
  return typeof value === "string" && /^https?:/i.test(value) ? shownEndpoint(value) : value;
}

function hideToken<Token extends { readonly token: string }>(one: Token): Token {
  return { ...one, token: "(hidden)" };
}
