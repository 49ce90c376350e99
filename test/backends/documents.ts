import { readFileSync } from "node:fs";
import { join } from "node:path";

const directory = join(import.meta.dirname, "../../docs/backends");

/** A file of docs/backends. */
export function backendFile(name: string): string {
  return join(directory, name);
}

/** What a page of docs/backends has in code blocks of a language, in order. */
export function codeOf(page: string, language: string): string[] {
  const text = readFileSync(backendFile(page), "utf8");
  return [...text.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)]
    .filter(([, kind]) => kind === language)
    .map(([, , code = ""]) => code.trim());
}
