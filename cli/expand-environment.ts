import { parse as parseYaml } from "yaml";

const REFERENCE = /\$\$|\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${env:NAME}` and `${env:NAME:-default}` in every string of a parsed YAML value, `$$` by `$`, as the Collector does:
 * an unset variable is empty, and a string that is one reference and nothing else takes the type of its value.
 *
 * Example: `{ port: "${env:PORT:-4317}" }` with no PORT gives `{ port: 4317 }`.
 */
export function expandEnvironment(
  value: object,
  environment: Readonly<Record<string, string | undefined>>,
): object {
  if (Array.isArray(value)) return value.map((item: unknown) => expandValue(item, environment));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandValue(item, environment)]),
  );
}

function expandValue(value: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === "string") return expandText(value, environment);
  return typeof value === "object" && value !== null ? expandEnvironment(value, environment) : value;
}

function expandText(text: string, environment: Readonly<Record<string, string | undefined>>): unknown {
  let references = 0;
  const expanded = text.replace(REFERENCE, (whole, name?: string, fallback?: string) => {
    if (whole === "$$") return "$";
    references += 1;
    return environment[name ?? ""] || (fallback ?? "");
  });
  const isOneReference = references === 1 && /^\$\{env:[^}]*\}$/.test(text);
  return isOneReference ? scalar(expanded) : expanded;
}

/** A number or a boolean where the text is one; everything else stays text. */
function scalar(text: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(text)) return text;
  const parsed: unknown = parseYaml(text);
  return parsed;
}
