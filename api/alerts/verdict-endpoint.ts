import type { IncomingMessage, ServerResponse } from "node:http";
import type { IncidentFeedback } from "../../store/feedback.ts";
import type { Incident } from "../../store/incident.ts";
import { splitTarget } from "../request-target.ts";
import { giveVerdict, type VerdictPorts } from "./give-verdict.ts";
import { type LinkRight, readToken } from "./link-token.ts";
import { oneAfterAnother } from "./one-after-another.ts";
import { readable, SERVICE_CHARACTERS_MAX, SUMMARY_CHARACTERS_MAX } from "./readable.ts";
import { VERDICT_HEADERS, type VerdictPage, verdictPage } from "./verdict-page.ts";
import { VERDICT_PATH } from "./verdict-path.ts";
import { figures } from "./words.ts";

const BODY_BYTES_MAX = 1_024;

/**
 * Answers the links in messages. Threats: chat servers, virus scanners and link previews fetch every address in a message, so that GET only
 * asks and the form's POST says; and another site could make a browser post, for which it would have to know the link itself: there
 * is no cookie, and whoever has the token has the right. The token gives the right to say one thing of one incident, nothing is
 * read by it but that incident's service, size and sentence.
 */
export function createVerdictEndpoint(
  secret: string,
  ports: VerdictPorts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  // Of two equal ones at once the second finds what the first has said.
  const inTurn = oneAfterAnother();
  return async (request, response) => {
    for (const [name, value] of VERDICT_HEADERS) response.setHeader(name, value);
    const isPost = request.method === "POST";
    if (!isPost && request.method !== "GET" && request.method !== "HEAD")
      return show(request, response, 405, { title: "Only GET and POST", lines: [] });
    const token = splitTarget(request.url).path.slice(VERDICT_PATH.length);
    const right = readToken(secret, token, ports.now());
    if (right === undefined)
      return show(request, response, 403, {
        title: "This link cannot be used",
        lines: ["It is not whole, or older than seven days. Open logbert to say what the incident was."],
      });
    const [incident] = await ports.store.incidentsById([right.incidentId]);
    if (incident === undefined)
      return show(request, response, 404, {
        title: "This incident is no longer stored",
        lines: ["It is older than the retention."],
      });
    if (!isPost) return show(request, response, 200, await question(incident, right, ports));
    if (!(await isConfirmed(request)))
      return show(request, response, 400, {
        title: "Nothing was said",
        lines: ["Press the button on the page."],
      });
    const outcome = await inTurn(() => giveVerdict(incident, right, ports));
    return show(request, response, outcome === "full" ? 409 : 200, answer(incident, right, outcome));
  };
}

async function question(incident: Incident, right: LinkRight, { store }: VerdictPorts): Promise<VerdictPage> {
  const [strongest] = await store.anomaliesById([incident.strongestId]);
  const last = (await store.feedbackForIncidents([incident.id])).at(-1);
  const meaning = right.isTrueAnomaly
    ? "Real: something was wrong. It counts when thresholds are proposed and detectors are weighed."
    : "Expected: the like of it no longer alerts in this service.";
  return {
    title: `${nameOf(incident)}: ${word(right.isTrueAnomaly)}?`,
    lines: [
      ...(strongest === undefined ? [] : [readable(strongest.explanation.summary, SUMMARY_CHARACTERS_MAX)]),
      figures(incident),
      ...(last === undefined ? [] : [standing(last)]),
      meaning,
    ],
    button: `Say that it was ${word(right.isTrueAnomaly)}`,
  };
}

function standing({ author, isTrueAnomaly }: IncidentFeedback): string {
  return `${author ?? "Somebody"} has said that it was ${word(isTrueAnomaly)}.`;
}

function answer(
  incident: Incident,
  { isTrueAnomaly }: LinkRight,
  outcome: Awaited<ReturnType<typeof giveVerdict>>,
): VerdictPage {
  if (outcome === "full")
    return {
      title: "Nothing was stored",
      lines: [
        "The incident was judged too often by links, or is being deleted. Open logbert to say what it was.",
      ],
    };
  const title = `${nameOf(incident)}: ${word(isTrueAnomaly)}`;
  const lines = ["It can be taken back on the incident's page."];
  return outcome === "given"
    ? { title, lines: ["Thank you: it is stored.", ...lines] }
    : { title, lines: ["That was said already.", ...lines] };
}

function nameOf({ service }: Incident): string {
  return readable(service, SERVICE_CHARACTERS_MAX) || "(no name)";
}

function word(isTrueAnomaly: boolean): string {
  return isTrueAnomaly ? "real" : "expected";
}

/** What our form sends. */
async function isConfirmed(request: IncomingMessage): Promise<boolean> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > BODY_BYTES_MAX) return false;
  }
  return new URLSearchParams(body).get("confirm") === "yes";
}

function show(request: IncomingMessage, response: ServerResponse, status: number, page: VerdictPage): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
  response.end(request.method === "HEAD" ? undefined : verdictPage(page));
}
