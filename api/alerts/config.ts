import { z } from "zod";
import { mayReachUrl } from "../outgoing/reach.ts";
import { DAYS, isTimeZone } from "./quiet-hours.ts";
import { SEVERITIES } from "./severity.ts";

const CHANNELS_MAX = 20;
const ROUTES_MAX = 100;
const QUIET_HOURS_MAX = 20;
/** Shorter ones can be guessed. */
export const SECRET_CHARACTERS_MIN = 16;
const PATTERN_CHARACTERS_MAX = 200;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "1 to 40 of a-z 0-9 _ -, a letter or digit first");
const UNSET = "a variable that is not set is empty";

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function hasLogin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}

/** An address that may be printed. */
function isBare(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { search, hash } = new URL(text);
  return search === "" && hash === "" && !hasLogin(text);
}
const NOT_BARE = "must hold no user name, password, query or fragment";

/** Where messages are posted. Who has it can post there: it is never printed. */
const secretUrl = z
  .string("must be text")
  .max(2_000)
  .refine(isHttp, `must be an http or https address; ${UNSET}`)
  .refine((text) => !hasLogin(text), "must hold no user name or password");

/** As gRPC takes it: what it does not take it would print. */
const headerName = z
  .string()
  .regex(/^[a-z0-9_.-]{1,100}$/, "lower case")
  .refine((text) => !text.endsWith("-bin"), "must not end in -bin, which stands for bytes");
const headerValue = z
  .string()
  .max(4_000)
  .trim()
  .refine((text) => /^[ -~]*$/.test(text), "must be of ASCII letters, digits and signs, in one line");

const secret = z
  .string("must be text; a secret of digits alone would be read as a number")
  .min(
    SECRET_CHARACTERS_MIN,
    `must have at least ${SECRET_CHARACTERS_MIN} characters (openssl rand -base64 32 makes one); ${UNSET}`,
  )
  .max(512);

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as "22:00", in quotation marks');

const quietHours = z.strictObject({
  time_zone: z.string().max(100).refine(isTimeZone, 'no time zone of the IANA list, such as "Europe/Berlin"'),
  from: timeOfDay,
  to: timeOfDay,
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .default([...DAYS]),
});

/** What bounds a channel that people read. */
const forPeople = {
  name,
  limit_per_hour: z.int().min(1).max(10_000).default(20),
  cool_down_minutes: z.number().min(0).max(1_440).default(10),
  quiet_hours: z.array(quietHours).max(QUIET_HOURS_MAX).default([]),
};
/** A program that reads can take more, and groups by itself. */
const forPrograms = {
  ...forPeople,
  limit_per_hour: forPeople.limit_per_hour.default(1_000),
  cool_down_minutes: forPeople.cool_down_minutes.default(0),
};

const allow_private_addresses = z.boolean();
/** What is posted to an address. */
const posted = { url: secretUrl, allow_private_addresses: allow_private_addresses.optional() };

const channelConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("slack"), ...forPeople, ...posted }),
  z.strictObject({ kind: z.literal("teams"), ...forPeople, ...posted }),
  z.strictObject({ kind: z.literal("webhook"), ...forPrograms, ...posted, secret }),
  z.strictObject({
    kind: z.literal("otlp"),
    ...forPrograms,
    endpoint: z
      .string()
      .max(2_000)
      .refine(
        (text) => isHttp(text) && new URL(text).pathname === "/",
        `must be http://host:port, or https://host:port for TLS; ${UNSET}`,
      )
      .refine((text) => !URL.canParse(text) || isBare(text), NOT_BARE),
    headers: z.record(headerName, headerValue).default({}),
  }),
]);

const route = z.strictObject({
  channels: z.array(name).min(1).max(CHANNELS_MAX),
  services: z.array(z.string().min(1).max(PATTERN_CHARACTERS_MAX)).min(1).max(ROUTES_MAX).default(["*"]),
  min_severity: z.enum(SEVERITIES).optional(),
  min_score: z.number().min(0).max(1).default(0),
});

const alertsSettings = z.strictObject({
  channels: z
    .array(channelConfig)
    .max(CHANNELS_MAX)
    .default([])
    .describe(
      "Where incidents are told: a list of `{ kind: slack, teams, webhook or otlp, name, … }` ([alerts](alerts.md)); `url` or `endpoint`, a webhook's `secret`, `limit_per_hour` (20; 1000 for webhook and otlp), `cool_down_minutes` (10; 0 for webhook and otlp), `quiet_hours`. URLs, secrets and headers, best as `${env:NAME}`, are never printed.",
    ),
  routes: z
    .array(route)
    .max(ROUTES_MAX)
    .default([])
    .describe(
      "What goes where: a list of `{ channels, services: names with *, min_severity, min_score }`; an incident is told in the channels of every route that takes it. With none, every channel tells everything.",
    ),
  public_url: z
    .string()
    .max(500)
    .refine((text) => text === "" || isHttp(text), "must be an http or https address")
    .refine((text) => !URL.canParse(text) || isBare(text), NOT_BARE)
    .overwrite((text) => text.replace(/\/+$/, ""))
    .default("")
    .describe(
      "Address of the UI as those who read alerts reach it, for the links in them; its host name is allowed as by api.allowed_hosts. Without it messages have no links.",
    ),
  feedback_links: z
    .boolean()
    .default(true)
    .describe(
      "Whether messages have links by which whoever reads them can say real or expected, without a token of the API. Needs alerts.public_url.",
    ),
  link_secret: z
    .union([z.literal(""), secret])
    .default("")
    .describe(
      "What those links are signed with, 16 characters or more. Without it one is made and kept beside the database, in `alert-links.key`, or in it where it is PostgreSQL. Secret: never printed.",
    ),
  allow_private_addresses: allow_private_addresses
    .default(false)
    .describe(
      "Whether the addresses of slack, teams and webhook channels may lead into the own network (loopback, private); each channel may say so for itself. Link-local addresses, where clouds keep credentials, never ([security](security.md#what-is-sent-out)).",
    ),
  gather_seconds: z
    .number()
    .min(0)
    .max(600)
    .default(10)
    .describe("How long a new incident is watched before it is told, so that the first message says most."),
  expire_hours: z
    .number()
    .positive()
    .max(720)
    .default(72)
    .describe("Age at which a message that could not be sent is given up, and counted."),
});

const PRIVATE =
  "leads to this machine or its network: set allow_private_addresses if it shall; to link-local addresses it never may";

/** Whom incidents are told to, and how often. */
export const alertsConfig = alertsSettings.superRefine((settings, context) => {
  const { channels, routes, allow_private_addresses: isAllowed } = settings;
  const names = channels.map((one) => one.name);
  for (const [index, one] of names.entries())
    if (names.indexOf(one) < index)
      context.addIssue({
        code: "custom",
        path: ["channels", index, "name"],
        message: `${one} is the name of another channel; give each its own`,
      });
  for (const [index, one] of channels.entries())
    if (isOutOfReach(one, isAllowed))
      context.addIssue({ code: "custom", path: ["channels", index, "url"], message: PRIVATE });
  for (const [index, { channels: named }] of routes.entries())
    for (const one of named)
      if (!names.includes(one))
        context.addIssue({
          code: "custom",
          path: ["routes", index, "channels"],
          message: `there is no channel ${one}`,
        });
});
function isOutOfReach(channel: z.infer<typeof channelConfig>, isAllowed: boolean): boolean {
  if (!("url" in channel)) return false;
  return !mayReachUrl(channel.url, (channel.allow_private_addresses ?? isAllowed) ? "private" : "public");
}
export type AlertsConfig = z.infer<typeof alertsConfig>;
export type Channel = AlertsConfig["channels"][number];
/** A channel of one kind. */
export type ChannelOf<Kind extends Channel["kind"]> = Extract<Channel, { readonly kind: Kind }>;

/** Whether people read a channel; of the others programs do. */
export function isForPeople({ kind }: Pick<Channel, "kind">): boolean {
  return kind === "slack" || kind === "teams";
}

/** The same without what must not be printed. */
export function hideAlertSecrets(alerts: AlertsConfig): unknown {
  const hidden = "(hidden)";
  return {
    ...alerts,
    link_secret: alerts.link_secret === "" ? "" : hidden,
    channels: alerts.channels.map((one) =>
      one.kind === "otlp"
        ? { ...one, headers: Object.fromEntries(Object.keys(one.headers).map((key) => [key, hidden])) }
        : { ...one, url: hidden, ...("secret" in one ? { secret: hidden } : {}) },
    ),
  };
}
