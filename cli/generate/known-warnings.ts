import type { ServiceName } from "./generated-record.ts";
import { createParameters } from "./parameters.ts";
import type { Random } from "./random.ts";

/** A warning that belongs to normal life, and that a burst repeats. */
export interface KnownWarning {
  readonly logger: string;
  readonly body: string;
}

/** Auth: a wrong password. */
export function failedLogin(user: string, address: string): KnownWarning {
  return { logger: "auth.login", body: `Login of user ${user} from ${address} failed: wrong password` };
}

/** Gateway: a client close to its rate limit. */
export function nearRateLimit(address: string, used: number): KnownWarning {
  return {
    logger: "gateway.ratelimit",
    body: `Client ${address} is near its rate limit: ${used} of 100 requests used`,
  };
}

/** Checkout: an expired coupon. */
export function couponExpired(coupon: string): KnownWarning {
  return { logger: "checkout.coupons", body: `Coupon ${coupon} has expired` };
}

/** Payments: a retry. */
export function acquirerTimedOut(acquirer: string, payment: string, afterMs: number): KnownWarning {
  return {
    logger: "payments.card",
    body: `Acquirer ${acquirer} timed out after ${afterMs}ms, retrying payment ${payment}`,
  };
}

/** Inventory: nothing left. */
export function outOfStock(product: string): KnownWarning {
  return { logger: "inventory.stock", body: `Product ${product} is out of stock` };
}

/** Worker: a webhook's receiver is down. */
export function webhookRetried(hook: string, inSeconds: number): KnownWarning {
  return { logger: "worker.webhooks", body: `Webhook ${hook} answered 503, retrying in ${inSeconds}s` };
}

/** The service's warning with drawn values. */
export function drawWarning(service: ServiceName, random: Random): KnownWarning {
  const make = createParameters(random);
  switch (service) {
    case "gateway":
      return nearRateLimit(make.address(), random.int(81, 99));
    case "auth":
      return failedLogin(make.user(), make.address());
    case "checkout":
      return couponExpired(make.id("cpn"));
    case "payments":
      return acquirerTimedOut(make.acquirer(), make.id("pay"), random.int(60, 140));
    case "inventory":
      return outOfStock(make.product());
    case "worker":
      return webhookRetried(make.id("hook"), random.int(2, 8));
  }
}
