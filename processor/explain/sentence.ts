import type { Expectation, Order } from "../detect/evidence.ts";
import { measuredSentence } from "./measured-sentence.ts";
import type { Oddness } from "./oddness.ts";
import { counted, grouped, times as inTimes, inWords, percent } from "./quantities.ts";
import { fitted } from "./quote.ts";
import { shorten } from "./shorten.ts";

/** Expectations that are named: the rest is in the full explanation. */
const EXPECTED_NAMED_MAX = 2;
/** What is less probable was not what anybody waited for. */
const EXPECTED_FROM_PROBABILITY = 0.2;
/** Longest service name that a sentence shows whole. */
const SERVICE_CHARACTERS_MAX = 40;

type Of<Kind extends Oddness["kind"]> = Extract<Oddness, { readonly kind: Kind }>;

/**
 * One plain sentence of at most 256 characters; long templates are cut, the sentence's own words never.
 *
 * Example: Unexpected "Deleting block <*>" after "Receiving block <*>"; expected "PacketResponder <*>" (91 %).
 */
export function sentence(oddness: Oddness): string {
  switch (oddness.kind) {
    case "never-seen":
      return neverSeen({ ...oddness, service: shorten(oddness.service, SERVICE_CHARACTERS_MAX) });
    case "out-of-order":
      return outOfOrder(oddness);
    case "order-change":
      return orderChange(oddness);
    case "skipped":
      return skipped(oddness);
    case "classified":
      return classified(oddness);
    case "ended-early":
      return endedEarly(oddness);
    default:
      return measuredSentence({ charactersMax: SERVICE_CHARACTERS_MAX, oddness });
  }
}

function neverSeen({ template, service, severity, expected, past }: Of<"never-seen">): string {
  const awaited = named(expected);
  return fitted([template, ...texts(awaited)], ([what, ...instead]) => {
    const known =
      past === undefined || past.records === 0
        ? ""
        : `; none of its ${counted(past.records, "record")} so far has it`;
    const message = severity === undefined ? "message" : `${severity} message`;
    return `New ${message} from ${service}: ${what}${awaited.length === 0 ? known : insteadOf(awaited, instead)}.`;
  });
}

function outOfOrder({ template, after, expected, order }: Of<"out-of-order">): string {
  const awaited = named(expected);
  return fitted([template, after, ...texts(awaited)], ([what, previous, ...instead]) => {
    const subject =
      template === after
        ? `${what} came twice in a row`
        : `Unexpected ${what}${after === undefined ? "" : ` after ${previous}`}`;
    const usual = awaited.length === 0 ? inOrder(order, "it came there") : insteadOf(awaited, instead);
    return `${subject}${usual}.`;
  });
}

function orderChange({ template, after, times, spanMs, expected }: Of<"order-change">): string {
  const awaited = named(expected);
  // Where events have no times they come all at once.
  const within = spanMs > 0 ? ` within ${inWords(spanMs)}` : "";
  const often = times < 2 ? "" : ` ${inTimes(times)}${within}`;
  return fitted([template, after, ...texts(awaited)], ([what, previous, ...instead]) => {
    const place = after === undefined ? "at the beginning of a request" : `after ${previous}`;
    return `Changed order: ${what} came out of its place${often}, now ${place}${insteadOf(awaited, instead)}.`;
  });
}

function skipped({ template, after, skipped }: Of<"skipped">): string {
  return fitted([skipped, after, template], ([missed, previous, what]) =>
    after === undefined
      ? `${missed} is missing before ${what}, where it usually comes.`
      : `${missed} is missing between ${previous} and ${what}, where it usually comes.`,
  );
}

function endedEarly({ after, expected, order }: Of<"ended-early">): string {
  const [next, ...others] = named(expected).filter(({ template }) => template !== undefined);
  return fitted([after, next?.template, ...texts(others)], ([previous, missed, ...instead]) => {
    const place = after === undefined ? "" : ` after ${previous}`;
    if (next === undefined)
      return `The session ended unexpectedly${place}${inOrder(order, "it ended there")}.`;
    const or = others.length === 0 ? "" : ` or ${choice(others, instead)}`;
    return `${missed} is missing: the session ended${place}, where it was expected (${percent(next.probability)})${or}.`;
  });
}

function classified({ template, after, probability, words }: Of<"classified">): string {
  return fitted([template, after, ...words], ([what, previous, ...shown]) => {
    const place = after === undefined ? "" : ` after ${previous}`;
    const because = words.length === 0 ? "" : `; what counts most: ${shown.join(", ")}`;
    return `Classified as an anomaly (${percent(probability)}): ${what}${place}${because}.`;
  });
}

/** What was probable enough to be missed. */
function named(expected: readonly Expectation[]): readonly Expectation[] {
  return expected
    .filter(({ probability }) => probability >= EXPECTED_FROM_PROBABILITY)
    .slice(0, EXPECTED_NAMED_MAX);
}

function texts(expected: readonly Expectation[]): readonly (string | undefined)[] {
  return expected.map(({ template }) => template);
}

function inOrder(order: Order | undefined, what: string): string {
  if (order === undefined) return "";
  const { times, of } = order;
  return times === 0
    ? `; ${what} in none of ${counted(of, "earlier case")}`
    : `; ${what} in ${grouped(times)} of ${counted(of, "earlier case")}`;
}

function insteadOf(expected: readonly Expectation[], shown: readonly string[]): string {
  return expected.length === 0 ? "" : `; expected ${choice(expected, shown)}`;
}

function choice(expected: readonly Expectation[], shown: readonly string[]): string {
  return expected
    .map(({ template, probability }, index) => {
      const what = template === undefined ? "the end" : shown[index];
      return `${what} (${percent(probability)})`;
    })
    .join(" or ");
}
