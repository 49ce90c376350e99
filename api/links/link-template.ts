import { LINK_PLACEHOLDERS, type LinkPlaceholder, type LinkValues } from "./link-values.ts";

/** A link out of logbert, as the configuration has it. */
export interface LinkTemplate {
  readonly name: string;
  /** An http or https address with placeholders. */
  readonly url: string;
}

/** A link with one anomaly's values. */
export interface ExternalLink {
  readonly name: string;
  readonly url: string;
}

const PLACEHOLDER = /\{([^{}]*)\}/g;
/** Scheme, host and port: what comes out of a log must not choose the machine that a link leads to. */
const ORIGIN = /^https?:\/\/[^\s/?#{}\\@]+(?=[/?#]|$)/i;

/**
 * What is wrong with a link's template; undefined when nothing is.
 *
 * Example: "javascript:alert(1)" -> "must begin with http:// or https:// and a host, …"
 */
export function linkTemplateProblem(url: string): string | undefined {
  const origin = ORIGIN.exec(url)?.[0];
  if (origin === undefined || !URL.canParse(origin))
    return "must begin with http:// or https:// and a host, without a placeholder or a password in them";
  const unknown = [...url.matchAll(PLACEHOLDER)].find(([, name = ""]) => !isPlaceholder(name));
  if (unknown !== undefined)
    return `${unknown[0]} is no placeholder; there are ${LINK_PLACEHOLDERS.map((name) => `{${name}}`).join(" ")}`;
  if (/[{}]/.test(url.replaceAll(PLACEHOLDER, "")))
    return "has a brace that belongs to no placeholder; write %7B and %7D where the address itself has braces";
  if (/\s/.test(url)) return "has a space; write %20";
  return undefined;
}

/**
 * The links of an anomaly, its values encoded as parts of an address. Links that need what it lacks are left out.
 *
 * Example: "https://logs.example/?service={service}" for "a b" -> "https://logs.example/?service=a%20b"
 */
export function fillLinks(templates: readonly LinkTemplate[], values: LinkValues): readonly ExternalLink[] {
  return templates
    .filter(({ url }) => placeholdersOf(url).every((name) => values[name] !== undefined))
    .map(({ name, url }) => ({
      name,
      url: url.replaceAll(PLACEHOLDER, (whole, placeholder: string) =>
        isPlaceholder(placeholder) ? encode(values[placeholder] ?? "") : whole,
      ),
    }));
}

function placeholdersOf(url: string): readonly LinkPlaceholder[] {
  return [...url.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).filter(isPlaceholder);
}

function isPlaceholder(name: string): name is LinkPlaceholder {
  return LINK_PLACEHOLDERS.some((one) => one === name);
}

/**
 * Log text may hold half a surrogate pair, for which encodeURIComponent throws. It leaves some signs as they are, with which a value
 * could end a text in an address such as Kibana's, whose parts are in quotes and brackets.
 */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
