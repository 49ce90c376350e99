import { FIRST_VERSION, SEVERITY_NUMBERS, type ServiceName, type Severity } from "./generated-record.ts";
import { createParameters, type Parameters } from "./parameters.ts";
import type { Random } from "./random.ts";
import type { TraceRecord } from "./trace.ts";

/** What the released service runs from then on. */
export const NEXT_VERSION = "1.4.2";
/** The one service that is released. */
export const RELEASED_SERVICE: ServiceName = "checkout";
/** Its instances are replaced one after the other, so long apart. */
const ROLL_MS = 20_000;
/** A new message follows so soon on the one before it. */
const STEP_MS = 0.3;

/** When the new version comes; milliseconds since the epoch. */
export interface Release {
  readonly atMs: number;
}

/** A message that the new version writes after some of those that it wrote before. */
interface NewMessage {
  /** How the message before it begins. */
  readonly after: string;
  /** Of those after which it comes. */
  readonly share: number;
  readonly logger: string;
  readonly severity: Severity;
  readonly body: (make: Parameters, random: Random) => string;
}

/** All harmless, some in every order and some now and then. */
const NEW_MESSAGES: readonly NewMessage[] = [
  {
    after: "Order ",
    share: 0.5,
    logger: "checkout.loyalty",
    severity: "INFO",
    body: (make, random) => `Loyalty account ${make.id("loy")} earns ${random.int(1, 90)} points`,
  },
  {
    after: "Prices of order",
    share: 1,
    logger: "checkout.pricing",
    severity: "DEBUG",
    body: (make, random) => `Currency rate table ${make.id("cur")} is ${random.int(1, 59)} minutes old`,
  },
  {
    after: "Prices of order",
    share: 0.3,
    logger: "checkout.bundles",
    severity: "INFO",
    body: (make) => `Bundle discount of ${make.price()} found for product ${make.product()}`,
  },
  {
    after: "Requesting payment",
    share: 1,
    logger: "checkout.wallet",
    severity: "DEBUG",
    body: (make) => `Wallet lookup of user ${make.user()} answered none`,
  },
  {
    after: "Payment of order",
    share: 0.6,
    logger: "checkout.receipts",
    severity: "INFO",
    body: (make) => `Receipt ${make.id("rcp")} archived for ${make.mail()}`,
  },
  {
    after: "Payment of order",
    share: 0.1,
    logger: "checkout.gifts",
    severity: "INFO",
    body: (make) => `Gift card ${make.id("gft")} prepared with wrapping paper`,
  },
  {
    after: "Outbox published",
    share: 0.2,
    logger: "checkout.outbox",
    severity: "DEBUG",
    body: (_, random) => `Compacted event log segment ${random.int(10, 99)} after publishing`,
  },
  {
    after: "Expired",
    share: 0.5,
    logger: "checkout.carts",
    severity: "INFO",
    body: (make) => `Reminder mail scheduled to ${make.mail()}`,
  },
  {
    after: "Connection pool",
    share: 0.3,
    logger: "checkout.pool",
    severity: "DEBUG",
    body: (_, random) => `Idle connections trimmed to ${random.int(2, 9)} by the new pool policy`,
  },
];

/** The version that an instance of a service runs at a time. Example: "checkout-1" some seconds after the release. */
export function versionAt(
  release: Release | undefined,
  { service, instance }: Pick<TraceRecord, "service" | "instance">,
  timeMs: number,
): string {
  if (release === undefined || service !== RELEASED_SERVICE) return FIRST_VERSION;
  const number = Number(instance.slice(instance.lastIndexOf("-") + 1));
  return timeMs >= release.atMs + number * ROLL_MS ? NEXT_VERSION : FIRST_VERSION;
}

/** The records of one flow as the versions write them that were in place when it began. */
export function asReleased(
  records: readonly TraceRecord[],
  release: Release | undefined,
  startMs: number,
  random: Random,
): readonly TraceRecord[] {
  if (release === undefined || startMs < release.atMs) return records;
  return records.flatMap((record) => {
    const version = versionAt(release, record, startMs);
    return version === FIRST_VERSION ? record : withNews({ ...record, version }, random);
  });
}

/** The record and what the new version adds to it. */
function withNews(record: TraceRecord, random: Random): readonly TraceRecord[] {
  const make = createParameters(random);
  const news = NEW_MESSAGES.filter(
    ({ after, share }) => record.body.startsWith(after) && random.chance(share),
  );
  const added = news.map(({ logger, severity, body }, at) => ({
    ...record,
    timeMs: Math.round((record.timeMs + (at + 1) * STEP_MS) * 1_000) / 1_000,
    logger,
    severity,
    severityNumber: SEVERITY_NUMBERS[severity],
    body: body(make, random),
    attributes: {},
    incident: undefined,
    step: undefined,
  }));
  return [record, ...added];
}
