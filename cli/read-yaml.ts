import { parseDocument } from "yaml";

/** Of what such a sign begins YAML makes something of its own, and the rest is often a password. */
const QUOTE = "put a value that begins with ! * & or % into quotation marks";

/** The value of a YAML text, or what is wrong with it: of the text itself nothing is told, because secrets stand in it. */
export function readYaml(text: string): { readonly value: unknown } | { readonly problem: string } {
  // At "silent" the library keeps to itself that there are more documents than the one it reads.
  const document = parseDocument(text, { logLevel: "error" });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line;
    const where = line === undefined ? "" : ` at line ${line}`;
    const hint = document.errors.length === 0 ? `; ${QUOTE}` : "";
    return { problem: `no valid YAML${where} (${problem.code})${hint}` };
  }
  try {
    const value: unknown = document.toJS();
    // Throws where a value holds itself.
    JSON.stringify(value);
    return { value };
  } catch {
    return {
      problem: `no valid YAML: an alias leads nowhere or into itself, or there are too many; ${QUOTE}`,
    };
  }
}
