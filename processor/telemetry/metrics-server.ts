import { createServer } from "node:http";
import type { Metrics } from "./metrics.ts";

/** A listening Prometheus endpoint. */
export interface MetricsServer {
  /** host:port really bound. */
  readonly address: string;
  stop(): Promise<void>;
}

/** The address of a listener is in use; names the configuration key that changes it. */
export class MetricsPortError extends Error {
  override readonly name = "MetricsPortError";
  readonly remedy = "Stop the other program, or set telemetry.metrics_endpoint to another host:port.";
}

/** Scrapers are few, and short. */
const CONNECTIONS_MAX = 100;
const REQUEST_MS_MAX = 10_000;

/** Serves `/metrics` in the Prometheus text format. Rejects with a {@link MetricsPortError} when it cannot listen. */
export async function startMetricsServer(endpoint: string, metrics: Metrics): Promise<MetricsServer> {
  const { hostname, port } = new URL(`http://${endpoint}`);
  const limits = {
    headersTimeout: REQUEST_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // How often is looked who takes longer: Node's own half a minute would let each take that.
    connectionsCheckingInterval: REQUEST_MS_MAX / 2,
  };
  const server = createServer(limits, (request, response) => {
    if (request.url?.split("?")[0] === "/metrics") return metrics.handle(request, response);
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found; the metrics are at /metrics\n");
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new MetricsPortError(`telemetry.metrics_endpoint: cannot listen on ${endpoint}`, { cause: error }),
      ),
    );
    server.listen(Number(port || "9464"), hostname, resolve);
  });
  const bound = server.address();
  return {
    address: typeof bound === "object" && bound !== null ? `${bound.address}:${bound.port}` : endpoint,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
