import type { ServiceName } from "./generated-record.ts";
import { webhookRetried } from "./known-warnings.ts";
import { createParameters } from "./parameters.ts";
import type { Flow, Trace } from "./trace.ts";

/** Work that an instance of a service does by the clock. */
export interface BackgroundJob {
  readonly service: ServiceName;
  readonly periodSeconds: number;
  readonly run: Flow;
}

/** One job per line of a crontab, so to say. */
export const BACKGROUND_JOBS: readonly BackgroundJob[] = [
  { service: "gateway", periodSeconds: 5, run: probeHealth },
  { service: "gateway", periodSeconds: 30, run: refreshRoutes },
  { service: "gateway", periodSeconds: 20, run: poolStatistics("gateway", "upstream") },
  { service: "auth", periodSeconds: 45, run: cleanSessions },
  { service: "auth", periodSeconds: 20, run: poolStatistics("auth", "users-db") },
  { service: "auth", periodSeconds: 90, run: rotateKeys },
  { service: "checkout", periodSeconds: 10, run: publishOutbox },
  { service: "checkout", periodSeconds: 60, run: expireCarts },
  { service: "checkout", periodSeconds: 20, run: poolStatistics("checkout", "orders-db") },
  { service: "payments", periodSeconds: 60, run: settle },
  { service: "payments", periodSeconds: 15, run: pingAcquirer },
  { service: "payments", periodSeconds: 20, run: poolStatistics("payments", "ledger-db") },
  { service: "inventory", periodSeconds: 25, run: warmCache },
  { service: "inventory", periodSeconds: 40, run: synchroniseStock },
  { service: "inventory", periodSeconds: 20, run: poolStatistics("inventory", "stock-db") },
  { service: "worker", periodSeconds: 5, run: pollQueue },
  { service: "worker", periodSeconds: 60, run: writeReport },
  { service: "worker", periodSeconds: 35, run: deliverWebhooks },
];

function probeHealth(trace: Trace): void {
  trace.log("gateway.health", "DEBUG", `Health check passed in ${trace.took("gateway", 2)}ms`);
}

function refreshRoutes(trace: Trace): void {
  trace.log("gateway.routes", "DEBUG", "Refreshing route table");
  trace.log(
    "gateway.routes",
    "INFO",
    `Route table refreshed: ${trace.random.int(38, 42)} routes in ${trace.took("gateway", 8)}ms`,
  );
  if (trace.random.chance(0.25)) {
    trace.log(
      "gateway.upstream",
      "WARN",
      `Upstream inventory answered slowly: ${trace.random.int(510, 900)}ms`,
    );
  }
}

function poolStatistics(service: ServiceName, pool: string): Flow {
  return (trace) => {
    const busy = trace.random.int(1, 18);
    trace.log(`${service}.pool`, "DEBUG", `Connection pool ${pool}: ${busy} of 50 connections in use`);
    if (trace.random.chance(0.1)) {
      trace.log(
        `${service}.gc`,
        "WARN",
        `Garbage collection paused the process for ${trace.random.int(101, 240)}ms`,
      );
    }
  };
}

function cleanSessions(trace: Trace): void {
  trace.log("auth.cleanup", "INFO", "Session clean-up started");
  trace.log("auth.cleanup", "DEBUG", `Scanned ${trace.random.int(800, 4_000)} sessions`);
  trace.log(
    "auth.cleanup",
    "INFO",
    `Session clean-up removed ${trace.random.int(3, 90)} sessions in ${trace.took("auth", 50)}ms`,
  );
}

function rotateKeys(trace: Trace): void {
  const key = createParameters(trace.random).id("key");
  trace.log("auth.keys", "INFO", `Signing key ${key} generated`);
  trace.log("auth.keys", "INFO", `Signing key ${key} published to ${trace.random.int(2, 6)} services`);
}

function publishOutbox(trace: Trace): void {
  trace.log("checkout.outbox", "DEBUG", "Outbox poll started");
  trace.log(
    "checkout.outbox",
    "DEBUG",
    `Outbox published ${trace.random.int(0, 12)} events in ${trace.took("checkout", 7)}ms`,
  );
}

function expireCarts(trace: Trace): void {
  trace.log(
    "checkout.carts",
    "INFO",
    `Expired ${trace.random.int(1, 40)} abandoned carts in ${trace.took("checkout", 30)}ms`,
  );
}

function settle(trace: Trace): void {
  const make = createParameters(trace.random);
  const batch = make.id("bat");
  trace.log("payments.settlement", "INFO", `Settlement batch ${batch} opened`);
  trace.log(
    "payments.settlement",
    "DEBUG",
    `Settlement batch ${batch} holds ${trace.random.int(4, 200)} payments`,
  );
  trace.log(
    "payments.settlement",
    "INFO",
    `Settlement batch ${batch} sent to acquirer ${make.acquirer()} in ${trace.took("payments", 90)}ms`,
  );
  trace.log("payments.settlement", "INFO", `Settlement batch ${batch} closed`);
}

function pingAcquirer(trace: Trace): void {
  const acquirer = createParameters(trace.random).acquirer();
  trace.log(
    "payments.acquirer",
    "DEBUG",
    `Acquirer ${acquirer} answered ping in ${trace.took("payments", 20)}ms`,
  );
  if (trace.random.chance(0.06)) {
    trace.log("payments.acquirer", "ERROR", `Acquirer ${acquirer} closed the connection, reconnecting`);
    trace.log(
      "payments.acquirer",
      "INFO",
      `Reconnected to acquirer ${acquirer} in ${trace.took("payments", 60)}ms`,
    );
  }
}

function warmCache(trace: Trace): void {
  trace.log("inventory.cache", "INFO", "Cache warm-up started");
  trace.log(
    "inventory.cache",
    "INFO",
    `Cache warm-up loaded ${trace.random.int(200, 900)} products in ${trace.took("inventory", 70)}ms`,
  );
}

function synchroniseStock(trace: Trace): void {
  const warehouse = createParameters(trace.random).warehouse();
  trace.log("inventory.sync", "INFO", `Stock synchronisation with warehouse ${warehouse} started`);
  trace.log(
    "inventory.sync",
    "DEBUG",
    `Received ${trace.random.int(20, 500)} stock levels from warehouse ${warehouse}`,
  );
  if (trace.random.chance(0.2)) {
    trace.log(
      "inventory.sync",
      "WARN",
      `Warehouse ${warehouse} reported ${trace.random.int(1, 5)} unknown products`,
    );
  }
  trace.log("inventory.sync", "INFO", `Stock synchronisation finished in ${trace.took("inventory", 110)}ms`);
}

function pollQueue(trace: Trace): void {
  trace.log("worker.queue", "DEBUG", `Queue fulfilment has ${trace.random.int(0, 9)} jobs waiting`);
}

function writeReport(trace: Trace): void {
  trace.log("worker.reports", "INFO", "Sales report started");
  trace.log(
    "worker.reports",
    "DEBUG",
    `Aggregated ${trace.random.int(500, 9_000)} orders in ${trace.took("worker", 120)}ms`,
  );
  trace.log(
    "worker.reports",
    "INFO",
    `Sales report uploaded to bucket reports: ${trace.random.int(80, 400)} kB`,
  );
}

function deliverWebhooks(trace: Trace): void {
  const hook = createParameters(trace.random).id("hook");
  trace.log("worker.webhooks", "DEBUG", `Delivering webhook ${hook}`);
  if (trace.random.chance(0.12)) {
    const { logger, body } = webhookRetried(hook, trace.random.int(2, 8));
    trace.log(logger, "WARN", body);
  }
  trace.log("worker.webhooks", "INFO", `Webhook ${hook} delivered in ${trace.took("worker", 45)}ms`);
}
