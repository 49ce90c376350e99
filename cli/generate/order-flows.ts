import { acquirerTimedOut } from "./known-warnings.ts";
import { createParameters } from "./parameters.ts";
import { authorise, finishRequest, startRequest } from "./request-steps.ts";
import type { Trace } from "./trace.ts";

/** POST /api/v1/orders: stock, payment, order, and the jobs that follow it. Steps named here are used by incidents. */
export function placeOrder(trace: Trace): void {
  const { random } = trace;
  const make = createParameters(random);
  const order = make.id("ord");
  const total = make.price();
  const request = startRequest(trace, "POST", "/api/v1/orders");
  const user = authorise(trace);
  trace.log(
    "checkout.orders",
    "INFO",
    `Order ${order} received from user ${user}: ${random.int(1, 6)} items, total ${total}`,
    {
      attributes: { "order.id": order, "enduser.id": user },
    },
  );
  trace.log(
    "checkout.pricing",
    "DEBUG",
    `Prices of order ${order} confirmed, tax rate ${random.pick([7, 19, 21])}%`,
  );
  reserveStock(trace, order);
  trace.log("checkout.orders", "INFO", `Requesting payment of ${total} for order ${order}`, {
    step: "payment-requested",
  });
  const paid = payByCard(trace, order, total);
  if (!paid) {
    trace.log("checkout.orders", "WARN", `Order ${order} cancelled: payment declined`);
    trace.log("inventory.stock", "INFO", `Reservation for order ${order} released`);
    finishRequest(trace, request, 402);
    return;
  }
  trace.log("checkout.orders", "INFO", `Payment of order ${order} confirmed`, { step: "payment-confirmed" });
  trace.log("checkout.orders", "INFO", `Order ${order} placed in ${trace.took("checkout", 12)}ms`, {
    step: "order-placed",
    attributes: { "order.id": order },
  });
  finishRequest(trace, request, 201);
  fulfil(trace, order);
}

function reserveStock(trace: Trace, order: string): void {
  const make = createParameters(trace.random);
  const warehouse = make.warehouse();
  trace.log("inventory.stock", "INFO", `Reserving stock for order ${order} in warehouse ${warehouse}`);
  trace.log(
    "inventory.db",
    "DEBUG",
    `Locked ${trace.random.int(1, 6)} stock rows in ${trace.took("inventory", 6)}ms`,
  );
  if (trace.random.chance(0.03)) {
    trace.log(
      "inventory.stock",
      "WARN",
      `Stock of ${make.product()} in warehouse ${warehouse} is low: ${trace.random.int(1, 9)} left`,
    );
  }
  trace.log(
    "inventory.stock",
    "INFO",
    `Stock reserved for order ${order} in ${trace.took("inventory", 9)}ms`,
  );
}

/** False when the card was declined. */
function payByCard(trace: Trace, order: string, total: string): boolean {
  const { random } = trace;
  const make = createParameters(random);
  const payment = make.id("pay");
  const acquirer = make.acquirer();
  const pay = { attributes: { "payment.id": payment } };
  trace.log("payments.card", "INFO", `Payment ${payment} of ${total} started for order ${order}`, pay);
  trace.log("payments.fraud", "DEBUG", `Fraud score of payment ${payment} is 0.${random.int(10, 49)}`);
  if (random.chance(0.02)) {
    const { logger, body } = acquirerTimedOut(acquirer, payment, trace.took("payments", 80));
    trace.log(logger, "WARN", body);
  }
  const authorisedInMs = trace.took("payments", 35);
  if (random.chance(0.04)) {
    trace.log(
      "payments.card",
      "WARN",
      `Payment ${payment} declined by acquirer ${acquirer}: insufficient funds`,
    );
    return false;
  }
  trace.log(
    "payments.card",
    "INFO",
    `Payment ${payment} authorised by acquirer ${acquirer} in ${authorisedInMs}ms`,
    { step: "payment-authorised", ...pay },
  );
  trace.wait(2);
  trace.log("payments.card", "INFO", `Payment ${payment} captured`, { step: "payment-captured", ...pay });
  trace.log("payments.ledger", "INFO", `Ledger entry ${make.id("led")} posted for payment ${payment}`);
  return true;
}

function fulfil(trace: Trace, order: string): void {
  const make = createParameters(trace.random);
  const job = make.id("job");
  trace.wait(40);
  trace.log("worker.queue", "INFO", `Job ${job} taken from queue fulfilment for order ${order}`);
  trace.log("worker.invoice", "INFO", `Invoice ${make.id("inv")} rendered in ${trace.took("worker", 25)}ms`);
  trace.log("worker.mail", "INFO", `Order confirmation sent to ${make.mail()}`);
  trace.log(
    "worker.shipping",
    "INFO",
    `Shipment ${make.id("shp")} announced to carrier ${trace.random.pick(["parcelone", "quickship"])}`,
  );
  trace.log("worker.queue", "DEBUG", `Job ${job} done in ${trace.took("worker", 8)}ms`);
}

/** POST /api/v1/refunds. */
export function refundOrder(trace: Trace): void {
  const make = createParameters(trace.random);
  const order = make.id("ord");
  const refund = make.id("ref");
  const request = startRequest(trace, "POST", "/api/v1/refunds");
  authorise(trace);
  trace.log("checkout.refunds", "INFO", `Refund ${refund} requested for order ${order}`);
  trace.log(
    "checkout.refunds",
    "DEBUG",
    `Order ${order} is ${trace.random.int(1, 29)} days old: within the return period`,
  );
  trace.log("payments.refunds", "INFO", `Refunding ${make.price()} by refund ${refund}`);
  trace.log(
    "payments.refunds",
    "INFO",
    `Refund ${refund} accepted by acquirer ${make.acquirer()} in ${trace.took("payments", 40)}ms`,
  );
  trace.log("payments.ledger", "INFO", `Ledger entry ${make.id("led")} reversed for refund ${refund}`);
  trace.log("checkout.refunds", "INFO", `Refund ${refund} completed`);
  finishRequest(trace, request, 200);
  trace.wait(30);
  trace.log("worker.mail", "INFO", `Refund notice sent to ${make.mail()}`);
}

/** GET /api/v1/orders/{id}. */
export function showOrder(trace: Trace): void {
  const make = createParameters(trace.random);
  const order = make.id("ord");
  const request = startRequest(trace, "GET", `/api/v1/orders/${order}`);
  authorise(trace);
  trace.log("checkout.orders", "DEBUG", `Order ${order} loaded in ${trace.took("checkout", 4)}ms`);
  trace.log(
    "checkout.tracking",
    "INFO",
    `Status of order ${order} is ${trace.random.pick(["packed", "shipped", "delivered"])}`,
  );
  finishRequest(trace, request, 200);
}
