import { type SEVERITIES, severityFloor } from "./severity.ts";

/** Which incidents go where. */
export interface Route {
  readonly channels: readonly string[];
  /** Names of services; `*` stands for anything. */
  readonly services: readonly string[];
  readonly min_severity?: (typeof SEVERITIES)[number] | undefined;
  readonly min_score: number;
}

/** What a route looks at. */
export interface Routed {
  readonly service: string;
  readonly severityNumber: number;
  readonly maxScore: number;
}

/** Whether a channel tells this: where any route leads to it, or there are none at all. */
export function isRouted(routes: readonly Route[], channel: string, subject: Routed): boolean {
  if (routes.length === 0) return true;
  return routes.some((route) => route.channels.includes(channel) && takes(route, subject));
}

function takes(
  { services, min_severity, min_score }: Route,
  { service, severityNumber, maxScore }: Routed,
): boolean {
  return (
    severityNumber >= severityFloor(min_severity) &&
    maxScore >= min_score &&
    services.some((pattern) => matches(pattern, service))
  );
}

/** Linear in both: each piece is looked for once, behind the one before. */
function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
