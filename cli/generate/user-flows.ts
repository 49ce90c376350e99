import { logIn, logOut, register, resetPassword } from "./account-flows.ts";
import { placeOrder, refundOrder, showOrder } from "./order-flows.ts";
import type { Random } from "./random.ts";
import { addToCart, applyCoupon, browseProducts, showProduct } from "./shopping-flows.ts";
import type { Flow } from "./trace.ts";

/** What users do, and how often, in parts of the whole. */
const MIX: readonly (readonly [Flow, number])[] = [
  [browseProducts, 34],
  [showProduct, 18],
  [addToCart, 12],
  [placeOrder, 12],
  [logIn, 8],
  [showOrder, 6],
  [applyCoupon, 3],
  [logOut, 3],
  [refundOrder, 2],
  [register, 1],
  [resetPassword, 1],
];
const PARTS = MIX.reduce((sum, [, parts]) => sum + parts, 0);

/** The next thing that a user does. */
export function drawUserFlow(random: Random): Flow {
  let left = random.next() * PARTS;
  for (const [flow, parts] of MIX) {
    left -= parts;
    if (left < 0) return flow;
  }
  return browseProducts;
}
