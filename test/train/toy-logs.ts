import { TOY_TEMPLATES } from "./toy-corpus.ts";

/** Plain log lines of the toy language, one session after the other, a second apart. */
export function toyLines(sessions: number): string[] {
  let timeMs = Date.UTC(2026, 0, 5, 8);
  return Array.from({ length: sessions }, (_, session) =>
    Array.from({ length: 3 + (session % 13) }, (_, i) => {
      timeMs += 1_000;
      return `${new Date(timeMs).toISOString()} INFO ${TOY_TEMPLATES[i % TOY_TEMPLATES.length]} ${session}`;
    }),
  ).flat();
}

/** The same as sessions of event ids, one a line, and the ids' templates. */
export function toyEventIds(sessions: number): { readonly sequences: string; readonly templates: string } {
  return {
    sequences: Array.from({ length: sessions }, (_, session) =>
      Array.from({ length: 3 + (session % 13) }, (_, i) => 1 + (i % TOY_TEMPLATES.length)).join(" "),
    ).join("\n"),
    templates: ["EventId,EventTemplate", ...TOY_TEMPLATES.map((text, i) => `E${i + 1},${text}`)].join("\n"),
  };
}
