import type { z } from "zod";
import { type ForwardConfig, forwardConfig } from "../../processor/forward/config.ts";
import { readTlsFiles } from "../../processor/tls/tls-files.ts";
import { UsageError } from "../exit-code.ts";

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Help for each command that sends: a token on a command line could be read by everybody on the machine. */
export const SENDER_HELP = `
Where the stage wants a token or has TLS (the variables of OpenTelemetry's exporters; each also as OTEL_EXPORTER_OTLP_LOGS_…):
  OTEL_EXPORTER_OTLP_HEADERS             authorization=Bearer%20TOKEN, further headers after commas
  OTEL_EXPORTER_OTLP_CERTIFICATE         PEM file of the stage's authority; the endpoint begins with https://
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE  PEM files of this sender, for mutual TLS
  OTEL_EXPORTER_OTLP_CLIENT_KEY`;

/**
 * What a sender shows, by the variables that OpenTelemetry's exporters read (specification, "OTLP Exporter Configuration Options").
 *
 * @throws UsageError that names the variable and nothing of its value, or a TlsFileError
 */
export function senderSettings(
  environment: Environment,
): Pick<z.input<typeof forwardConfig>, "headers" | "tls"> {
  const { name: headersName, value: headers } = variable(environment, "HEADERS");
  const ca = variable(environment, "CERTIFICATE");
  const cert = variable(environment, "CLIENT_CERTIFICATE");
  const key = variable(environment, "CLIENT_KEY");
  if ((cert.value === "") !== (key.value === ""))
    throw new UsageError(`${cert.name} and ${key.name} go together`);
  const file = ({ name, value }: Variable) => ({ setting: name, path: value });
  readTlsFiles({ ca: file(ca), cert: file(cert), key: file(key) });
  return {
    headers: readHeaders(headersName, headers),
    tls: { ca_file: ca.value, cert_file: cert.value, key_file: key.value },
  };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The one for logs comes before the one for everything; an empty one is none. */
function variable(environment: Environment, what: string): Variable {
  const [ofLogs, ofAll] = [`OTEL_EXPORTER_OTLP_LOGS_${what}`, `OTEL_EXPORTER_OTLP_${what}`] as const;
  const name = environment[ofLogs] ? ofLogs : ofAll;
  return { name, value: environment[name] ?? "" };
}

/** Example: "authorization=Bearer%20abc,x-tenant=shop" (W3C Baggage). */
function readHeaders(name: string, text: string): ForwardConfig["headers"] {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  const pairs = entries.map((entry) => {
    const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(entry) ?? [];
    return [key.trim().toLowerCase(), decoded(value.trim())];
  });
  const result = forwardConfig.shape.headers.safeParse(Object.fromEntries(pairs));
  if (result.success) return result.data;
  throw new UsageError(
    `${name}: must be name=value, further ones after commas; spaces and commas of a value as %20 and %2C`,
  );
}

/** What no percent-encoding is stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
