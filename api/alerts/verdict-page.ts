import { createHash } from "node:crypto";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}" +
  "button{font:inherit;padding:.5rem 1.2rem}code{overflow-wrap:anywhere}";
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Instead of those of other pages: it may send its own form to its own server, and nothing else. */
export const VERDICT_HEADERS: readonly (readonly [name: string, value: string])[] = [
  [
    "content-security-policy",
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  ],
  // The form's Origin tells that the page was ours; "no-referrer" would make it "null".
  ["referrer-policy", "same-origin"],
  ["cache-control", "no-store"],
  ["x-robots-tag", "noindex"],
];

/** What a page asks or says. */
export interface VerdictPage {
  readonly title: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
  /** The form's button; without it there is nothing to do. */
  readonly button?: string | undefined;
}

/** A page without scripts, that loads nothing. Nothing happens before its button is pressed: programs that only look at a link say nothing by it. */
export function verdictPage({ title, lines, button }: VerdictPage): string {
  const form =
    button === undefined
      ? ""
      : `<form method="post"><input type="hidden" name="confirm" value="yes"><button>${escapeHtml(button)}</button></form>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)} · logbert</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}${form}`,
    "</main></body></html>\n",
  ].join("");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
