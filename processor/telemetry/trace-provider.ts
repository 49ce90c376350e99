import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";

/** A trace that cannot be sent in this time is given up. */
const EXPORT_MS_MAX = 2_000;

/**
 * Sends spans to an OTLP/HTTP receiver, in batches.
 *
 * @param endpoint its URL
 * @param version of this program
 * @param onLost told why spans could not be sent; once until some can be again
 */
export function createTraceProvider(
  endpoint: string,
  version: string,
  onLost: (reason: unknown) => void,
): TracerProvider {
  const url = urlOf(endpoint);
  const exporter = tellingLosses(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS_MAX }), onLost);
  return new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "logbert", "service.version": version }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
}

/** An address without a path is a receiver's, which takes traces at the path that OTLP names. */
function urlOf(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === "/") url.pathname = "/v1/traces";
  return url.href;
}

/** The SDK itself keeps to itself what could not be sent. */
function tellingLosses(exporter: SpanExporter, onLost: (reason: unknown) => void): SpanExporter {
  let isLosing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const fails = result.code !== ExportResultCode.SUCCESS;
        if (fails && !isLosing) onLost(result.error);
        isLosing = fails;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
