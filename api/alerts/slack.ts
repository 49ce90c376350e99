import type { Links } from "./links.ts";
import type { IncidentNotice, Notice, SummaryNotice } from "./notice.ts";
import {
  figures,
  heading,
  healthSentence,
  labelOf,
  standing,
  summaryEnd,
  TEST_SENTENCE,
  templatesShown,
} from "./words.ts";

/** Slack's own limits (docs.slack.dev/reference/block-kit/blocks). */
const SECTION_CHARACTERS_MAX = 3_000;
const HEADER_CHARACTERS_MAX = 150;

/** Text with Slack's markup; `verbatim` keeps Slack from making links of what looks like one. */
interface Markup {
  readonly type: "mrkdwn";
  readonly text: string;
  readonly verbatim: true;
}
type Block =
  | {
      readonly type: "header";
      readonly text: { readonly type: "plain_text"; readonly text: string; readonly emoji: false };
    }
  | { readonly type: "section"; readonly text: Markup }
  | { readonly type: "context"; readonly elements: readonly Markup[] };

/** A message to an incoming webhook, as Block Kit. */
export interface SlackMessage {
  /** What a notification shows. */
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Slack asks for no address in it: a link that is only looked at says nothing. */
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** What Slack is told of a notice. */
export function toSlack(notice: Exclude<Notice, { kind: "event" }>, links: Links): SlackMessage {
  const service = notice.kind === "incident" ? `: ${notice.service}` : "";
  const title = cut(`${heading(notice)}${service}`, HEADER_CHARACTERS_MAX);
  return {
    text: escapeMarkup([title, ...previewOf(notice)].join("\n")),
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: false } },
      ...blocksOf(notice, links),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** What a telephone shows beneath the title: what happened. */
function previewOf(notice: Exclude<Notice, { kind: "event" }>): readonly string[] {
  return notice.kind === "incident" && notice.summary !== "" ? [notice.summary] : [];
}

/** Text of a log as Slack's markup: `<`, `>` and `&` are all by which a link or a mention such as <!channel> begins. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function blocksOf(notice: Exclude<Notice, { kind: "event" }>, links: Links): readonly Block[] {
  switch (notice.kind) {
    case "incident":
      return incidentBlocks(notice, links);
    case "summary":
      return summaryBlocks(notice, links);
    case "health":
      return [section(healthSentence(notice))];
    case "test":
      return [section(TEST_SENTENCE)];
  }
}

function incidentBlocks(notice: IncidentNotice, links: Links): readonly Block[] {
  const { summary, templates, templatesTotal, reason, facts } = notice;
  const shown = templatesShown(notice).map(
    ({ template, anomalies }) => `• ${code(template)}${anomalies > 1 ? ` × ${anomalies}` : ""}`,
  );
  const more = templatesTotal > templates.length ? [`and ${templatesTotal - templates.length} more`] : [];
  const lines = [...(summary === "" ? [] : [escapeMarkup(summary)]), ...shown, ...more];
  const footer = [...(reason === "" ? [] : [reason]), figures(notice)].join(" · ");
  const linked = [
    link(links.page(notice.strongestId), "Open in logbert"),
    link(links.verdict(notice.incidentId, true), "Real"),
    link(links.verdict(notice.incidentId, false), "Expected"),
  ].filter((one) => one !== "");
  return [
    ...(lines.length === 0 ? [] : [section(lines.join("\n"))]),
    ...(facts.length === 0 ? [] : [context(facts.map(escapeMarkup).join("\n"))]),
    context(footer),
    ...(linked.length === 0 ? [] : [section(linked.join("  |  "))]),
  ];
}

function summaryBlocks(notice: SummaryNotice, links: Links): readonly Block[] {
  return [
    ...notice.incidents.map((one) => {
      const title = [labelOf(one), code(one.service), standing(one)]
        .filter((part) => part !== "")
        .join(" · ");
      const linked = link(links.page(one.strongestId), "Open in logbert");
      return section(
        [title, escapeMarkup(one.summary), figures(one), linked].filter((line) => line !== "").join("\n"),
      );
    }),
    context(summaryEnd(notice)),
  ];
}

/** A backtick would end it. */
function code(text: string): string {
  return `\`${escapeMarkup(text.replaceAll("`", "'"))}\``;
}

/** An address of our own: it holds nothing that ends it. */
function link(url: string | undefined, text: string): string {
  return url === undefined ? "" : `<${url}|${text}>`;
}

function section(text: string): Block {
  return { type: "section", text: markup(text) };
}

function context(text: string): Block {
  return { type: "context", elements: [markup(text)] };
}

function markup(text: string): Markup {
  return { type: "mrkdwn", text: cutMarkup(text, SECTION_CHARACTERS_MAX), verbatim: true };
}

function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Cut at a line's end, so that no entity or link is cut in two. */
function cutMarkup(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const end = text.lastIndexOf("\n", charactersMax - 2);
  return `${end < 0 ? "" : text.slice(0, end)}\n…`;
}
