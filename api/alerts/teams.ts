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

/** In a TextBlock Markdown is read: it has words of ours alone. */
interface TextBlock {
  readonly type: "TextBlock";
  readonly text: string;
  readonly wrap: true;
  readonly size?: "medium";
  readonly weight?: "bolder";
  readonly isSubtle?: true;
}
interface TextRun {
  readonly type: "TextRun";
  readonly text: string;
  readonly fontType?: "monospace";
  readonly weight?: "bolder";
  readonly isSubtle?: true;
}
/** A TextRun reads no Markdown (adaptivecards.io/explorer/TextRun.html): a log's text makes no link in it, and mentions nobody. */
interface RichTextBlock {
  readonly type: "RichTextBlock";
  readonly inlines: readonly TextRun[];
}
interface OpenUrl {
  readonly type: "Action.OpenUrl";
  readonly title: string;
  readonly url: string;
}
interface Card {
  readonly type: "AdaptiveCard";
  readonly $schema: string;
  readonly version: "1.4";
  readonly body: readonly (TextBlock | RichTextBlock)[];
  readonly actions: readonly OpenUrl[];
}

/** What a workflow's "When a Teams webhook request is received" takes. */
export interface TeamsMessage {
  readonly type: "message";
  readonly attachments: readonly {
    readonly contentType: "application/vnd.microsoft.card.adaptive";
    readonly contentUrl: null;
    readonly content: Card;
  }[];
}

/** What Teams is told of a notice; under 28 KB, because a notice is. */
export function toTeams(notice: Exclude<Notice, { kind: "event" }>, links: Links): TeamsMessage {
  const title: TextBlock = {
    type: "TextBlock",
    text: heading(notice),
    wrap: true,
    size: "medium",
    weight: "bolder",
  };
  const { body, actions } = contentOf(notice, links);
  const content: Card = {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.4",
    body: [title, ...body],
    actions,
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

type Content = Pick<Card, "body" | "actions">;

function contentOf(notice: Exclude<Notice, { kind: "event" }>, links: Links): Content {
  switch (notice.kind) {
    case "incident":
      return incidentContent(notice, links);
    case "summary":
      return summaryContent(notice, links);
    case "health":
      return { body: [words(healthSentence(notice))], actions: [] };
    case "test":
      return { body: [words(TEST_SENTENCE)], actions: [] };
  }
}

function incidentContent(notice: IncidentNotice, links: Links): Content {
  const { service, summary, templates, templatesTotal, reason, facts, strongestId, incidentId } = notice;
  const shown = templatesShown(notice).map(({ template, anomalies }) =>
    runs({ text: template, fontType: "monospace" }, { text: anomalies > 1 ? ` × ${anomalies}` : "" }),
  );
  const more =
    templatesTotal > templates.length ? [words(`and ${templatesTotal - templates.length} more`)] : [];
  return {
    body: [
      runs({ text: service, weight: "bolder" }),
      ...(summary === "" ? [] : [runs({ text: summary })]),
      ...shown,
      ...more,
      ...facts.map((text) => runs({ text, isSubtle: true })),
      { ...words([...(reason === "" ? [] : [reason]), figures(notice)].join(" · ")), isSubtle: true },
    ],
    actions: [
      ...action(links.page(strongestId), "Open in logbert"),
      ...action(links.verdict(incidentId, true), "Real"),
      ...action(links.verdict(incidentId, false), "Expected"),
    ],
  };
}

function summaryContent(notice: SummaryNotice, links: Links): Content {
  const { incidents } = notice;
  const listed = incidents.flatMap((one) => {
    const state = [labelOf(one), standing(one)].filter((word) => word !== "");
    return [
      runs({ text: one.service, weight: "bolder" }, { text: ` · ${state.join(" · ")}` }),
      ...(one.summary === "" ? [] : [runs({ text: one.summary })]),
      { ...words(figures(one)), isSubtle: true as const },
    ];
  });
  const [first] = incidents;
  return {
    body: [...listed, words(summaryEnd(notice))],
    actions:
      first === undefined ? [] : [...action(links.page(first.strongestId), "Open the most severe one")],
  };
}

function words(text: string): TextBlock {
  return { type: "TextBlock", text, wrap: true };
}

function runs(...texts: readonly Omit<TextRun, "type">[]): RichTextBlock {
  return {
    type: "RichTextBlock",
    inlines: texts.filter(({ text }) => text !== "").map((one) => ({ type: "TextRun", ...one })),
  };
}

function action(url: string | undefined, title: string): readonly OpenUrl[] {
  return url === undefined ? [] : [{ type: "Action.OpenUrl", title, url }];
}
