import { nearRateLimit } from "./known-warnings.ts";
import { createParameters } from "./parameters.ts";
import type { Trace } from "./trace.ts";

/** A request that the gateway has open. */
export interface OpenRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

/** The gateway takes a request in and routes it. */
export function startRequest(trace: Trace, method: string, path: string): OpenRequest {
  const make = createParameters(trace.random);
  const request = { id: make.id("req"), method, path };
  trace.log("gateway.http", "INFO", `Request ${request.id} ${method} ${path} from ${make.address()}`, {
    attributes: { "http.request.method": method, "url.path": path },
  });
  if (trace.random.chance(0.005)) {
    const { logger, body } = nearRateLimit(make.address(), trace.random.int(81, 99));
    trace.log(logger, "WARN", body);
  }
  return request;
}

/** Auth checks the caller's token; returns the user. */
export function authorise(trace: Trace): string {
  const make = createParameters(trace.random);
  const user = make.user();
  trace.log("auth.token", "DEBUG", `Verifying token ${make.id("tok")}`);
  if (trace.random.chance(0.01)) {
    trace.log(
      "auth.keys",
      "INFO",
      `Signing key ${make.id("key")} not in cache, fetched in ${trace.took("auth", 20)}ms`,
    );
  }
  trace.log("auth.token", "INFO", `Token of user ${user} accepted in ${trace.took("auth", 2)}ms`);
  return user;
}

/** The gateway answers. */
export function finishRequest(trace: Trace, request: OpenRequest, status: number): void {
  const durationMs = trace.took("gateway", 4);
  trace.log(
    "gateway.http",
    status >= 500 ? "ERROR" : "INFO",
    `Request ${request.id} completed with status ${status} in ${durationMs}ms`,
    {
      step: "request-finished",
      attributes: { "http.response.status_code": status, "url.path": request.path },
    },
  );
}
