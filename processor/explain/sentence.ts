import type { Expectation } from "../detect/evidence.ts";
import { inWords, rounded, times } from "./quantities.ts";
import { shorten } from "./shorten.ts";

/** The length that the attribute is bound to. */
export const SENTENCE_CHARACTERS_MAX = 256;

/** What one event was like: one case a kind of oddness. Texts are redacted templates. */
export type Oddness =
  | {
      readonly kind: "never-seen";
      readonly template: string;
      readonly service: string;
      readonly expected: readonly Expectation[];
    }
  | {
      readonly kind: "out-of-order";
      readonly template: string;
      readonly after: string | undefined;
      readonly expected: readonly Expectation[];
    }
  | {
      readonly kind: "classified";
      readonly template: string;
      readonly after: string | undefined;
      /** Of an anomaly, as the classifier says. */
      readonly probability: number;
      /** What counted most, strongest first. */
      readonly words: readonly string[];
    }
  | {
      readonly kind: "ended-early";
      readonly after: string | undefined;
      readonly expected: readonly Expectation[];
    }
  | { readonly kind: "count"; readonly template: string; readonly count: number; readonly usual: number }
  | { readonly kind: "length"; readonly events: number; readonly usual: number }
  | {
      readonly kind: "rate";
      readonly template: string;
      readonly count: number;
      readonly usual: number;
      readonly spanMs: number;
    }
  | {
      readonly kind: "silence";
      /** undefined: nothing at all of the service. */
      readonly template: string | undefined;
      readonly service: string;
      readonly silentMs: number;
      readonly usualMs: number;
    }
  | {
      readonly kind: "gap";
      readonly template: string;
      readonly after: string | undefined;
      readonly gapMs: number;
      readonly usualMs: number;
    }
  | {
      readonly kind: "parameter";
      readonly template: string;
      /** From 0. */
      readonly slot: number;
      readonly oddity: "number" | "value";
    };

/** Expectations that are named: the rest is in the full explanation. */
const EXPECTED_NAMED_MAX = 2;
/** Longest service name that a sentence shows whole. */
const SERVICE_CHARACTERS_MAX = 40;

/**
 * One plain sentence of at most 256 characters; long templates are cut, the sentence's own words never.
 *
 * Example: Unexpected "Deleting block <*>" after "Receiving block <*>"; expected "PacketResponder <*>" (91 %).
 */
export function sentence(oddness: Oddness): string {
  switch (oddness.kind) {
    case "never-seen":
      return neverSeen(
        oddness.template,
        shorten(oddness.service, SERVICE_CHARACTERS_MAX),
        named(oddness.expected),
      );
    case "out-of-order":
      return unexpected(oddness.template, oddness.after, named(oddness.expected));
    case "classified":
      return classified(oddness.template, oddness.after, oddness.probability, oddness.words);
    case "ended-early":
      return endedEarly(oddness.after, named(oddness.expected));
    default:
      return detailed(oddness);
  }
}

type Detailed = Exclude<
  Oddness,
  { readonly expected: readonly Expectation[] } | { readonly kind: "classified" }
>;

/** What was odd is a number here, not a place in the sequence. */
function detailed(oddness: Detailed): string {
  switch (oddness.kind) {
    case "count":
      return fitted(
        [oddness.template],
        ([what]) => `${what} came ${times(oddness.count)} in this session; usual is ${oddness.usual}.`,
      );
    case "length":
      return `The session had ${oddness.events} ${oddness.events === 1 ? "event" : "events"}; usual is ${oddness.usual}.`;
    case "rate":
      return fitted(
        [oddness.template],
        ([what]) =>
          `${what} came ${times(oddness.count)} within ${inWords(oddness.spanMs)}; usual is ${rounded(oddness.usual)}.`,
      );
    case "silence":
      return silence(oddness);
    case "gap":
      return fitted([oddness.template, oddness.after], ([what, previous]) => {
        const place = oddness.after === undefined ? "the event before" : previous;
        return `${what} came ${inWords(oddness.gapMs)} after ${place}; usual is ${inWords(oddness.usualMs)}.`;
      });
    case "parameter":
      return fitted([oddness.template], ([what]) => {
        const oddity =
          oddness.oddity === "number" ? "is far from its usual range" : "has a value never seen before";
        return `Parameter ${oddness.slot + 1} of ${what} ${oddity}.`;
      });
  }
}

function silence({
  template,
  service,
  silentMs,
  usualMs,
}: Extract<Oddness, { readonly kind: "silence" }>): string {
  const how = (verb: string) => `for ${inWords(silentMs)}; usually it ${verb} every ${inWords(usualMs)}.`;
  return template === undefined
    ? `Nothing from ${shorten(service, SERVICE_CHARACTERS_MAX)} ${how("writes")}`
    : fitted([template], ([what]) => `Nothing like ${what} ${how("comes")}`);
}

function neverSeen(subject: string, service: string, expected: readonly Expectation[]): string {
  return fitted(
    [subject, ...texts(expected)],
    ([what, ...instead]) => `First time that ${service} logs ${what}${insteadOf(expected, instead)}.`,
  );
}

function unexpected(subject: string, after: string | undefined, expected: readonly Expectation[]): string {
  return fitted([subject, after, ...texts(expected)], ([what, previous, ...instead]) => {
    const place = after === undefined ? "" : ` after ${previous}`;
    return `Unexpected ${what}${place}${insteadOf(expected, instead)}.`;
  });
}

function endedEarly(after: string | undefined, expected: readonly Expectation[]): string {
  return fitted([after, ...texts(expected)], ([previous, ...instead]) => {
    const place = after === undefined ? "" : ` after ${previous}`;
    return `The sequence ended${place}${insteadOf(expected, instead)}.`;
  });
}

function classified(
  subject: string,
  after: string | undefined,
  probability: number,
  words: readonly string[],
): string {
  return fitted([subject, after, ...words], ([what, previous, ...counted]) => {
    const place = after === undefined ? "" : ` after ${previous}`;
    const because = words.length === 0 ? "" : `; what counts most: ${counted.join(", ")}`;
    return `Classified as an anomaly (${percent(probability)}): ${what}${place}${because}.`;
  });
}

function named(expected: readonly Expectation[]): readonly Expectation[] {
  return expected.slice(0, EXPECTED_NAMED_MAX);
}

function texts(expected: readonly Expectation[]): readonly (string | undefined)[] {
  return expected.map(({ template }) => template);
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

function percent(probability: number): string {
  const rounded = Math.round(probability * 100);
  return rounded === 0 ? "<1 %" : `${rounded} %`;
}

/** Writes the sentence with quoted texts, the longest texts cut just as far as the limit asks. */
function fitted(parts: readonly (string | undefined)[], write: (shown: readonly string[]) => string): string {
  const lengths = parts.map((part) => part?.length ?? 0);
  const own = write(parts.map((part) => (part === undefined ? "" : quoted("")))).length;
  const limit = longestShare(lengths, SENTENCE_CHARACTERS_MAX - own);
  return write(parts.map((part) => (part === undefined ? "" : quoted(shorten(part, limit)))));
}

/** The largest limit under which the lengths, each cut to it, add up to no more than `total`. */
function longestShare(lengths: readonly number[], total: number): number {
  let left = total;
  const ascending = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (length > share) return Math.max(0, share);
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', "'")}"`;
}
