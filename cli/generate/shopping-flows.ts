import { couponExpired, outOfStock } from "./known-warnings.ts";
import { createParameters } from "./parameters.ts";
import { authorise, finishRequest, startRequest } from "./request-steps.ts";
import type { Trace } from "./trace.ts";

/** GET /api/v1/products: the commonest request. */
export function browseProducts(trace: Trace): void {
  const { random } = trace;
  const request = startRequest(trace, "GET", "/api/v1/products");
  trace.log(
    "inventory.catalog",
    "DEBUG",
    `Listing category ${random.pick(["shoes", "books", "garden", "audio", "toys"])} page ${random.int(1, 30)}`,
  );
  if (random.chance(0.3)) {
    trace.log("inventory.cache", "DEBUG", `Cache miss for catalogue page ${random.hex(8)}`);
    trace.log(
      "inventory.db",
      "DEBUG",
      `Catalogue query returned ${random.int(5, 48)} rows in ${trace.took("inventory", 14)}ms`,
    );
  }
  trace.log(
    "inventory.catalog",
    "INFO",
    `Listed ${random.int(5, 48)} products in ${trace.took("inventory", 5)}ms`,
  );
  finishRequest(trace, request, 200);
}

/** GET /api/v1/products/{sku}. */
export function showProduct(trace: Trace): void {
  const make = createParameters(trace.random);
  const product = make.product();
  const request = startRequest(trace, "GET", `/api/v1/products/${product}`);
  if (trace.random.chance(0.03)) {
    trace.log("inventory.catalog", "WARN", `Product ${product} not found`);
    finishRequest(trace, request, 404);
    return;
  }
  trace.log("inventory.catalog", "INFO", `Product ${product} loaded in ${trace.took("inventory", 4)}ms`);
  trace.log(
    "inventory.recommend",
    "DEBUG",
    `Found ${trace.random.int(2, 12)} products similar to ${product}`,
  );
  finishRequest(trace, request, 200);
}

/** POST /api/v1/cart/items. */
export function addToCart(trace: Trace): void {
  const { random } = trace;
  const make = createParameters(random);
  const product = make.product();
  const cart = make.id("cart");
  const request = startRequest(trace, "POST", "/api/v1/cart/items");
  const user = authorise(trace);
  trace.log(
    "checkout.cart",
    "DEBUG",
    `Cart ${cart} of user ${user} loaded in ${trace.took("checkout", 3)}ms`,
  );
  trace.log(
    "inventory.stock",
    "DEBUG",
    `Checking availability of ${product} in warehouse ${make.warehouse()}`,
  );
  if (random.chance(0.04)) {
    const { logger, body } = outOfStock(product);
    trace.log(logger, "WARN", body);
    trace.log("checkout.cart", "INFO", `Product ${product} could not be added to cart ${cart}`);
    finishRequest(trace, request, 409);
    return;
  }
  trace.log("inventory.stock", "INFO", `Product ${product} is available: ${random.int(10, 400)} in stock`);
  trace.log("checkout.cart", "INFO", `Added ${random.int(1, 3)} of ${product} to cart ${cart}`);
  trace.log("checkout.pricing", "DEBUG", `Cart ${cart} totals ${make.price()}`);
  finishRequest(trace, request, 200);
}

/** POST /api/v1/cart/coupon. */
export function applyCoupon(trace: Trace): void {
  const make = createParameters(trace.random);
  const cart = make.id("cart");
  const coupon = make.id("cpn");
  const request = startRequest(trace, "POST", "/api/v1/cart/coupon");
  authorise(trace);
  if (trace.random.chance(0.15)) {
    const { logger, body } = couponExpired(coupon);
    trace.log(logger, "WARN", body);
    finishRequest(trace, request, 422);
    return;
  }
  trace.log(
    "checkout.coupons",
    "INFO",
    `Coupon ${coupon} applied to cart ${cart}: ${trace.random.pick([5, 10, 15])}% off`,
  );
  trace.log("checkout.pricing", "DEBUG", `Cart ${cart} totals ${make.price()}`);
  finishRequest(trace, request, 200);
}
