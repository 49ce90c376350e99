import { kindOf } from "../calibrate/kind.ts";
import type { Deployment } from "../calibrate/releases.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { DetectorName, EvidenceDetail, Order, Past } from "../detect/evidence.ts";
import type { Release } from "../window/release.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { counted, DAY_MS, grouped, inWords, multipleOfUsual, roughly, times } from "./quantities.ts";
import { quoted } from "./quote.ts";
import { severityName } from "./severity-name.ts";
import { shorten, shortenMiddle } from "./shorten.ts";

/** Longest text that a fact quotes whole. */
const QUOTED_CHARACTERS_MAX = 120;
const SERVICE_CHARACTERS_MAX = 40;
const RELEASE_CHARACTERS_MAX = 60;
/** A detector is surprised when at most one in a hundred usual events is as odd to it. */
const SURPRISED_BELOW_P = 0.01;
/** The smallest share that is told. */
const SHARE_MIN = 1e-9;
/** What an alert is counted as when it is no longer told: after about ten days. */
const FADED_AWAY = 0.1;
/** What began less long ago is told as known only. */
const TOLD_FROM_MS = 1_000;
/** OTLP severity numbers from ERROR on. */
const ERROR_FROM = 17;

/** What detectors look at, as a list of those that are surprised names it. */
const LOOKS_AT: Readonly<Record<DetectorName, string>> = {
  "event-model": "what fits here by its meaning",
  "pretrained-model": "the text",
  "new-template": "whether it is new",
  ngram: "the order of events",
  "count-vector": "the counts in the session",
  length: "the length of the session",
  rate: "how often it comes",
  gap: "the pause before it",
  parameter: "its values",
  "order-change": "whether the order has changed",
};

/** What is to be known of a finding beside what was odd. */
export interface FactSource {
  readonly finding: Finding;
  /** Of the place that the sentence is about, the strongest first. */
  readonly there: readonly Contribution[];
  readonly redact: (text: string) => string;
}

/**
 * A few short lines on a finding, from counts and measurements alone: how well its like is known, how far it is from the usual,
 * what came with it, who agrees, how rare it is, and whether it alerts again and again.
 */
export function factsOf({ finding, there, redact }: FactSource): readonly string[] {
  const { window, event, verdict } = finding;
  const service = shorten(redact(window.service), SERVICE_CHARACTERS_MAX);
  const evidence = there.map((one) => one.evidence);
  const past = evidence.find((one) => one.past !== undefined)?.past;
  const order = past?.times === 0 ? undefined : orderOf(there);
  const nearest = evidence.find((one) => one.nearest !== undefined)?.nearest;
  const subject = window.events[event];
  return [
    evidence[0]?.detail && ofDetail(evidence[0].detail),
    past && ofPast(past, service, subject?.timeMs),
    nearest === undefined
      ? undefined
      : `Of the known messages the nearest in meaning is ${show(nearest, redact)}.`,
    order && ofOrder(order, subject !== undefined || there[0]?.place !== undefined),
    subject === undefined ? undefined : severityOf(subject),
    verdict.news?.deployment && ofRelease(verdict.news.deployment, subject?.timeMs, redact),
    ...around(finding, redact),
    agreement(verdict.contributions),
    rarity(finding, service),
    recurrence(verdict.background?.alertsOf(kindOf(window, event)) ?? 0),
  ].filter((fact) => fact !== undefined);
}

/** Where the order is what is odd, or one of the things that are. */
function orderOf([first, ...others]: readonly Contribution[]): Order | undefined {
  const isOdd = ({ ownPValue }: Contribution) => ownPValue < SURPRISED_BELOW_P;
  const told = [...(first === undefined ? [] : [first]), ...others.filter(isOdd)];
  return told.find(({ evidence }) => evidence.order !== undefined)?.evidence.order;
}

function ofDetail(detail: EvidenceDetail): string | undefined {
  switch (detail.kind) {
    case "rate":
      return `That is ${multipleOfUsual(detail.count / Math.max(detail.usual, 1e-9))}.`;
    case "silence":
      return `The longest pause lately was about ${inWords(detail.longestMs)}.`;
    case "gap":
      return `That is ${multipleOfUsual(detail.gapMs / Math.max(detail.usualMs, 1e-3))}, by the last ${counted(detail.cases, "case")}.`;
    case "length":
      return `Of ${counted(detail.sessions, "known session")} half had at most ${counted(detail.usual, "event")}.`;
    case "parameter":
      return ofParameter(detail);
    case "order-change":
      return undefined;
    case "count":
      return "It is compared with the most similar session that is known.";
  }
}

function ofParameter(detail: Extract<EvidenceDetail, { readonly kind: "parameter" }>): string {
  const seen = `Its place in the message is known from ${counted(detail.seen, "earlier record")}`;
  if (detail.oddity === "value") return `${seen}, with ${counted(detail.values, "different value")}.`;
  return detail.time === undefined || detail.times === undefined
    ? `${seen}.`
    : `${seen}; this one is ${multipleOfUsual(detail.times)}.`;
}

function ofPast(past: Past, service: string, nowMs: number | undefined): string | undefined {
  const { records, templates, firstMs } = past;
  if (records === 0) return undefined;
  const all = `${counted(records, "record")} of ${service}`;
  if (past.times === 0) return `Never seen in ${all}, which have ${counted(templates, "different message")}.`;
  const ago = firstMs === undefined || nowMs === undefined ? undefined : nowMs - firstMs;
  const first = ago === undefined || ago < TOLD_FROM_MS ? "" : `, for the first time ${inWords(ago)} before`;
  return `Seen ${times(past.times)} in ${all}${first}.`;
}

function ofOrder(order: Order, isEvent: boolean): string {
  const what = isEvent
    ? "It has followed the message before it"
    : "A session has ended after the message before";
  return order.times === 0
    ? `${what} in none of ${counted(order.of, "case")}.`
    : `${what} in ${grouped(order.times)} of ${counted(order.of, "case")}.`;
}

function severityOf({ severityNumber }: LogEvent): string | undefined {
  const name = severityName(severityNumber);
  return name === undefined ? undefined : `It was written as ${name}.`;
}

/** That what the service runs has just changed. */
function ofRelease(
  { release, previous, startedMs }: Deployment,
  nowMs: number | undefined,
  redact: (text: string) => string,
): string {
  const sinceMs = (nowMs ?? startedMs) - startedMs;
  const since = sinceMs < TOLD_FROM_MS ? "only just" : `for ${inWords(sinceMs)}`;
  return `The service has run ${releaseName(release, redact)} ${since}; before it ran ${releaseName(previous, redact)}.`;
}

function releaseName({ version, deployment }: Release, redact: (text: string) => string): string {
  const name = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(deployment === undefined ? [] : [`deployment ${deployment}`]),
  ].join(", ");
  return shorten(redact(name), RELEASE_CHARACTERS_MAX);
}

/** Errors beside the event, as far as the window shows them. */
function around({ window, event }: Finding, redact: (text: string) => string): readonly string[] {
  const { events } = window;
  const subject = events[event];
  if (subject === undefined) return [];
  const isError = ({ severityNumber }: LogEvent) => severityNumber >= ERROR_FROM;
  const next = events.slice(event + 1).find(isError);
  const last = events.slice(0, event).findLast(isError);
  const told = (one: LogEvent) =>
    `${severityName(one.severityNumber) ?? "ERROR"} ${show(one.match.template, redact)}`;
  return [
    ...(last === undefined ? [] : [`Before it in the same stream came ${told(last)}.`]),
    ...(next === undefined
      ? []
      : [`It was followed by ${told(next)}, ${inWords(Math.max(0, next.timeMs - subject.timeMs))} later.`]),
  ];
}

function agreement(contributions: readonly Contribution[]): string | undefined {
  const surprised = contributions.filter(({ ownPValue }) => ownPValue < SURPRISED_BELOW_P);
  if (surprised.length < 2) return undefined;
  const names = surprised.map(({ detector }) => LOOKS_AT[detector]);
  return `${surprised.length} of ${contributions.length} detectors find it odd: ${names.join(", ")}.`;
}

/** What the score means. A classifier's is no share of anything. */
function rarity({ recordIndex, window, verdict }: Finding, service: string): string | undefined {
  const isClassified = verdict.contributions.some(({ evidence }) => evidence.probability !== undefined);
  if (isClassified || window.missing !== undefined) return undefined;
  const what = `${recordIndex === undefined ? "sessions" : "records"} of ${service}`;
  if (verdict.pValue <= SHARE_MIN) return `By chance fewer than one in a billion ${what} are this odd.`;
  const perDay = recordIndex === undefined ? undefined : verdict.background?.recordsPerDay;
  const pace = perDay === undefined ? "" : `, at its pace ${paceOf(perDay * verdict.pValue)}`;
  return `By chance one in ${roughly(1 / verdict.pValue)} ${what} is this odd${pace}.`;
}

function paceOf(perDay: number): string {
  return perDay < 1 ? `one every ${inWords(DAY_MS / Math.max(perDay, 1e-9))}` : `${roughly(perDay)} a day`;
}

function recurrence(alerts: number): string | undefined {
  // What has faded was a whole number, which it was below at no time.
  const atLeast = Math.ceil(alerts - FADED_AWAY);
  return atLeast < 1 ? undefined : `The like of it alerted before: at least ${times(atLeast)} lately.`;
}

function show(template: string, redact: (text: string) => string): string {
  return quoted(shortenMiddle(redact(template), QUOTED_CHARACTERS_MAX));
}
