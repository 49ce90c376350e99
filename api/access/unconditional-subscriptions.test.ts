import { buildSchema, parse, validate } from "graphql";
import { expect, it } from "vitest";
import { unconditionalSubscriptions } from "./unconditional-subscriptions.ts";

const schema = buildSchema("type Query { a: Int } type Event { a: Int } type Subscription { event: Event }");
const mistakes = (document: string) =>
  validate(schema, parse(document), [unconditionalSubscriptions]).map(({ message }) => message);

it.each([
  "subscription { event @skip(if: true) { a } }",
  "subscription ($is: Boolean!) { event @include(if: $is) { a } }",
  "subscription { ... @skip(if: true) { event { a } } }",
  "subscription { ...One } fragment One on Subscription { ...Two } fragment Two on Subscription { event @skip(if: true) { a } }",
  "subscription { ...One @include(if: false) } fragment One on Subscription { event { a } }",
])("a subscription to what a condition may leave out is refused: %s", (document) => {
  expect(mistakes(document)).toEqual(["The field of a subscription may have neither @skip nor @include."]);
});

it.each([
  "subscription { event { a @skip(if: true) } }",
  "{ a @skip(if: true) }",
  "subscription { ...One } fragment One on Subscription { ...One }",
])("conditions elsewhere are not: %s", (document) => {
  expect(mistakes(document)).toEqual([]);
});

it("fragments in fragments are looked at once", () => {
  const nested = Array.from(
    { length: 100 },
    (_, i) => `fragment F${i} on Subscription { ...F${i + 1} ...F${i + 1} }`,
  );
  expect(mistakes(`subscription { ...F0 } ${nested.join(" ")}`)).toEqual([]);
});
