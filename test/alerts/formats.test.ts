import type { KnownBlock } from "@slack/types";
import * as adaptive from "adaptivecards";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkup, type SlackMessage, toSlack } from "../../api/alerts/slack.ts";
import { toTeams } from "../../api/alerts/teams.ts";
import { toWebhook, webhookSchema } from "../../api/alerts/webhook.ts";
import {
  HEALTH_NOTICES,
  hostileText,
  isJoint,
  LINKS,
  NO_LINKS,
  noticeOf,
  PHASES,
  TEST_NOTICE,
} from "./notices.ts";

const TEAMS_BYTES_MAX = 28_000;

/** Strings of a message with the key that each stands under. */
function stringsOf(value: unknown, key = ""): readonly { readonly key: string; readonly text: string }[] {
  if (typeof value === "string") return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((one) => stringsOf(one, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => stringsOf(one, name));
}

function markupOf({ text, blocks }: SlackMessage): readonly string[] {
  const texts = blocks.flatMap((block) => {
    if (block.type === "context") return block.elements.map((one) => one.text);
    return block.type === "section" ? [block.text.text] : [];
  });
  return [text, ...texts];
}

describe("Slack", () => {
  // By its type: what is no block of Slack's own types does not compile.
  const blocksOf = (message: SlackMessage): readonly KnownBlock[] =>
    message.blocks.map((block): KnownBlock => {
      if (block.type === "context") return { type: "context", elements: [...block.elements] };
      return block;
    });

  it("is sent blocks within its limits, whatever was logged", () => {
    const tooLong = (block: KnownBlock) => {
      if (block.type === "header") return block.text.text.length > 150;
      if (block.type === "section") return block.text?.text === "" || (block.text?.text.length ?? 0) > 3_000;
      return block.type !== "context" || block.elements.length > 10;
    };
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...PHASES), (text, phase) => {
        const blocks = blocksOf(toSlack(noticeOf(text, phase, isJoint(phase) ? 30 : 1), LINKS));
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(blocks.filter(tooLong)).toEqual([]);
      }),
    );
  });

  it("finds no link, mention or entity in its markup but ours", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...PHASES), (text, phase) => {
        for (const markup of markupOf(toSlack(noticeOf(text, phase, 12), LINKS))) {
          const links = markup.match(/<[^>]*>/g) ?? [];
          for (const link of links)
            expect(link).toMatch(/^<https:\/\/logbert\.example\/[^|<>]+\|[A-Za-z ]+>$/);
          expect(markup.replace(/<[^>]*>/g, "")).not.toMatch(/[<>]/);
          expect(markup).not.toMatch(/&(?!(?:amp|lt|gt);)/);
        }
      }),
    );
  });

  it("shows what was escaped as it was", () => {
    const shown = (text: string) =>
      text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    fc.assert(fc.property(hostileText, (text) => shown(escapeMarkup(text)) === text));
    expect(escapeMarkup("<!channel> & <https://a|b>")).toBe("&lt;!channel&gt; &amp; &lt;https://a|b&gt;");
  });

  it("is sent no empty section for a silence of one kind of message of which nothing can be said", () => {
    const notice = noticeOf("", "opened", 1, "silence");
    if (notice.kind !== "incident") throw new Error("no incident");
    const one = { ...notice, templates: notice.templates.slice(0, 1), templatesTotal: 1 };
    expect(one.summary).toBe("");
    expect(markupOf(toSlack(one, NO_LINKS))).not.toContain("");
    expect(markupOf(toSlack({ ...one, summary: "It is silent." }, NO_LINKS))).toContain("It is silent.");
  });

  it("is asked to make nothing of what looks like an address", () => {
    const message = toSlack(noticeOf("see https://evil.example", "opened"), NO_LINKS);
    expect(message.unfurl_links).toBe(false);
    for (const block of message.blocks) if (block.type === "section") expect(block.text.verbatim).toBe(true);
  });
});

describe("Teams", () => {
  /** What Microsoft's own renderer has against a card. */
  const complaints = (content: unknown): readonly unknown[] => {
    const card = new adaptive.AdaptiveCard();
    const context = new adaptive.SerializationContext();
    card.parse(JSON.parse(JSON.stringify(content)), context);
    const read = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i));
    return [...read, ...card.validateProperties().validationEvents];
  };

  it("is sent a card that its renderer reads without complaint, under 28 KB", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...PHASES), (text, phase) => {
        const message = toTeams(noticeOf(text, phase, isJoint(phase) ? 30 : 1), LINKS);
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(TEAMS_BYTES_MAX);
        for (const { content } of message.attachments) expect(complaints(content)).toEqual([]);
      }),
    );
    const wrong = { type: "AdaptiveCard", version: "1.4", body: [{ type: "TextRum", text: "x" }] };
    expect(complaints(wrong)).not.toEqual([]);
  });

  it("finds a log's text where it reads no Markdown, and nowhere else", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...PHASES), (text, phase) => {
        const inert = (from: string) =>
          JSON.stringify(toTeams(noticeOf(from, phase, 3), LINKS), (_, value) =>
            value?.type === "RichTextBlock" ? "(text of a log)" : value,
          );
        fc.pre(isShown(text));
        expect(inert(text)).toBe(inert("harmless"));
      }),
    );
  });

  it("has no block without text", () => {
    const message = toTeams(noticeOf("\u202e", "opened"), LINKS);
    expect(JSON.stringify(message)).not.toContain('"inlines":[]');
  });
});

/** Of what is left out nothing is shown: then a message lacks a line that it would have had. */
function isShown(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text.slice(0, 100));
}

describe("a webhook", () => {
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  const isValid = ajv.compile(JSON.parse(webhookSchema()));

  it("is sent what docs/alerts/webhook.schema.json says, whatever was logged", () => {
    const ids = { key: "01M85P60000000000000000000-1", channel: "ops" };
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...PHASES), fc.boolean(), (text, phase, hasLinks) => {
        const notice = noticeOf(text, phase, isJoint(phase) ? 12 : 1);
        const body = JSON.parse(JSON.stringify(toWebhook(notice, hasLinks ? LINKS : NO_LINKS, ids)));
        expect(isValid(body), JSON.stringify(isValid.errors)).toBe(true);
      }),
    );
    for (const notice of [TEST_NOTICE, ...HEALTH_NOTICES])
      expect(isValid(toWebhook(notice, LINKS, ids)), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ version: 1, id: "x", channel: "ops", type: "other" })).toBe(false);
  });
});

it("every channel is told in words that the detector does not work, and that it works again", () => {
  const id = { key: "k", channel: "ops" };
  const texts = HEALTH_NOTICES.map((notice) =>
    [toSlack(notice, LINKS), toTeams(notice, LINKS), toWebhook(notice, LINKS, id)].map((message) =>
      stringsOf(message)
        .map(({ text }) => text)
        .join(" "),
    ),
  );
  for (const text of texts[0] ?? [])
    expect(text).toContain(
      "logbert finds 13 % of the sequences that are known to be odd; it should find nearly all",
    );
  for (const text of texts[1] ?? [])
    expect(text).toContain("odd again. What it said since 2026-01-15 10:00 UTC means little.");
  for (const text of texts[2] ?? []) expect(text).toContain("nobody tries whether it does: canaries are off");
});

it("people are told of a silence as one, not by the severity of what came before it", () => {
  const silence = noticeOf("Silence: nothing from shop for 30 s", "opened", 1, "silence");
  for (const message of [toSlack(silence, LINKS), toTeams(silence, LINKS)]) {
    const text = JSON.stringify(message);
    expect(text).toContain("New incident · silence");
    expect(text).not.toContain("ERROR");
  }
});

it("no channel is shown what steers a terminal or turns the direction of writing", () => {
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...PHASES), (text, phase) => {
      const notice = noticeOf(text, phase, 2);
      const id = { key: "k", channel: "ops" };
      for (const message of [toSlack(notice, LINKS), toTeams(notice, LINKS), toWebhook(notice, LINKS, id)])
        for (const { text: shown } of stringsOf(message))
          expect(shown.replaceAll("\n", "")).not.toMatch(hidden);
    }),
  );
});
