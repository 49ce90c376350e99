import type { MeasuredOddness } from "./oddness.ts";
import { counted, grouped, inWords, multipleOfUsual, rounded, sinceInWords, times } from "./quantities.ts";
import { fitted } from "./quote.ts";
import { shorten } from "./shorten.ts";

type Of<Kind extends MeasuredOddness["kind"]> = Extract<MeasuredOddness, { readonly kind: Kind }>;

/** What is to be told. */
export interface Measured {
  readonly oddness: MeasuredOddness;
  /** Longest service name that is shown whole. */
  readonly charactersMax: number;
}

/** A sentence on what was odd by a number: how much it was, and what is usual. */
export function measuredSentence({ oddness, charactersMax }: Measured): string {
  switch (oddness.kind) {
    case "count":
      return count(oddness);
    case "length":
      return length(oddness);
    case "rate":
      return rate(oddness);
    case "silence":
      return silence({ ...oddness, service: shorten(oddness.service, charactersMax) });
    case "gap":
      return gap(oddness);
    case "parameter":
      return parameter(oddness);
  }
}

function count({ template, count, usual }: Of<"count">): string {
  return fitted([template], ([what]) => {
    if (count === 0) return `${what} is missing from this session; usually it comes ${times(usual)}.`;
    const habit = usual === 0 ? "usually it does not come" : `usual is ${grouped(usual)}`;
    return `${what} came ${times(count)} in this session; ${habit}.`;
  });
}

function length({ events, usual, usualMin, usualMax }: Of<"length">): string {
  const range =
    usualMin === usualMax
      ? `usual is about ${grouped(usual)}`
      : `usual is about ${grouped(usualMin)} to ${grouped(usualMax)}`;
  if (events >= usualMin && events <= usualMax)
    return `Session of unusual length: ${counted(events, "event")} are rare in one, though ${range}.`;
  return `${events > usualMax ? "Long" : "Short"} session: it had ${counted(events, "event")}; ${range}.`;
}

function rate({ template, count, usual, spanMs }: Of<"rate">): string {
  return fitted([template], ([what]) => {
    const habit = usual >= 1 ? rounded(usual) : `about once in ${inWords(spanMs / Math.max(usual, 1e-9))}`;
    return `Burst: ${what} came ${times(count)} within ${inWords(spanMs)}; usual is ${habit}.`;
  });
}

function silence({ template, service, isTotal, silentMs, usualMs, sinceMs }: Of<"silence">): string {
  const since = `for ${inWords(silentMs)}, since ${sinceInWords(sinceMs, silentMs)}`;
  if (isTotal) return `Silence: nothing from any service ${since}; what sends the logs may be away.`;
  return template === undefined
    ? `Silence: nothing from ${service} ${since}; usually it writes every ${inWords(usualMs)}.`
    : fitted(
        [template],
        ([what]) => `Silence: no ${what} ${since}; usually it comes every ${inWords(usualMs)}.`,
      );
}

function gap({ template, after, gapMs, usualMs }: Of<"gap">): string {
  return fitted([template, after === template ? undefined : after], ([what, previous]) => {
    const place = after === template ? "the one before" : after === undefined ? "the event before" : previous;
    const how = gapMs >= usualMs ? "Slow step" : "Fast step";
    return `${how}: ${what} came ${inWords(gapMs)} after ${place}; usual is ${inWords(usualMs)}.`;
  });
}

function parameter(odd: Of<"parameter">): string {
  return fitted([odd.template], ([what]) => {
    const text = `${odd.name} in ${what} ${odd.oddity === "number" ? number(odd) : value(odd)}.`;
    return text.charAt(0).toUpperCase() + text.slice(1);
  });
}

function number({ times, time }: Extract<Of<"parameter">, { readonly oddity: "number" }>): string {
  if (time !== undefined) return `is ${inWords(time.tookMs)}; usual is ${inWords(time.usualMs)}`;
  return times === undefined ? "is far from its usual range" : `is ${multipleOfUsual(times)}`;
}

function value({ values, seen, errorClass }: Extract<Of<"parameter">, { readonly oddity: "value" }>): string {
  if (errorClass !== undefined)
    return `is an error status (${errorClass}xx); in ${counted(seen, "earlier record")} there was none`;
  return `was never seen before; ${values === 1 ? "it was always the same" : `${values} others are usual`}`;
}
