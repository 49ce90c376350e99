import type { OutboxMessage } from "../../store/alert.ts";
import type { Channel, ChannelOf } from "./config.ts";
import type { Links } from "./links.ts";
import { type Notice, notice as noticeSchema } from "./notice.ts";
import type { Outcome } from "./outcome.ts";
import { post } from "./post.ts";
import { toSlack } from "./slack.ts";
import { toTeams } from "./teams.ts";
import { toWebhook, webhookHeaders } from "./webhook.ts";

/** A way out, as it is configured. */
export interface OpenChannel {
  readonly settings: Channel;
  send(message: Pick<OutboxMessage, "key" | "notice">): Promise<Outcome>;
  close(): Promise<void>;
}

/** What a channel is opened with. */
export interface ChannelPorts {
  readonly links: Links;
  readonly now: () => number;
  /** Whether channels that do not say may lead into the own network. */
  readonly isPrivateAllowed: boolean;
}

/** What speaks OTLP is loaded for those who use it. */
export async function openChannel(settings: Channel, ports: ChannelPorts): Promise<OpenChannel> {
  if (settings.kind === "otlp") return openOtlp(settings, ports);
  const { now, isPrivateAllowed } = ports;
  const reach = (settings.allow_private_addresses ?? isPrivateAllowed) ? "private" : "public";
  return {
    settings,
    async send(message) {
      const notice = read(message.notice);
      if (notice === undefined || notice.kind === "event") return UNREADABLE;
      return post({ ...toPost(settings, message.key, notice, ports), reach }, now);
    },
    async close() {},
  };
}

const UNREADABLE: Outcome = { kind: "refused", reason: "an earlier version's message" };

async function openOtlp(settings: ChannelOf<"otlp">, { links, now }: ChannelPorts): Promise<OpenChannel> {
  const [{ openOtlpClient }, { toRecord }] = await Promise.all([
    import("./otlp-client.ts"),
    import("./otlp-event.ts"),
  ]);
  const client = openOtlpClient(settings);
  return {
    settings,
    async send(message) {
      const notice = read(message.notice);
      return notice === undefined ? UNREADABLE : client.export(toRecord(notice, message.key, links, now()));
    },
    async close() {
      client.close();
    },
  };
}

function toPost(
  settings: Exclude<Channel, ChannelOf<"otlp">>,
  key: string,
  notice: Exclude<Notice, { kind: "event" }>,
  { links, now }: Pick<ChannelPorts, "links" | "now">,
) {
  const { url, name } = settings;
  const idempotency = { "idempotency-key": key };
  switch (settings.kind) {
    case "slack":
      return { url, headers: idempotency, body: JSON.stringify(toSlack(notice, links)) };
    case "teams":
      return { url, headers: idempotency, body: JSON.stringify(toTeams(notice, links)) };
    case "webhook": {
      const body = JSON.stringify(toWebhook(notice, links, { key, channel: name }));
      return { url, headers: { ...idempotency, ...webhookHeaders(settings.secret, key, now(), body) }, body };
    }
  }
}

function read(json: string): Notice | undefined {
  try {
    return noticeSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
