import type { TokenImportance } from "../../store/anomaly.ts";
import { alignTokens } from "./align-tokens.ts";

const PLACEHOLDERS = /<(?:\*|[A-Z][A-Z0-9_]*)>/g;

/**
 * Marks in a body what stands for one variable part of its template, and nothing else; empty where the body does not show it.
 *
 * Example: slot 1 of "<NUM> rows in <DUR>" in "3 rows in 900 ms" gives the importance 1 to "900 ms".
 * @param slot index of the variable part, from 0
 */
export function markParameter(template: string, body: string, slot: number): readonly TokenImportance[] {
  const place = [...template.matchAll(PLACEHOLDERS)][slot]?.index;
  const part = alignTokens(template, body).find(({ token }) => token.start === place);
  if (part === undefined) return [];
  const { start, end } = part;
  return [{ token: body.slice(start, end), importance: 1, start, end }];
}
