import { createReadStream, readdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { splitTarget } from "./request-target.ts";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

/**
 * Serves the built UI. Only files that lay in the directory at the start are served, so no path leads out of it; every
 * other path without an ending is the page itself, which knows its own routes.
 * @returns undefined when the directory holds no index.html
 */
export function createStaticFiles(
  directory: string,
): ((request: IncomingMessage, response: ServerResponse) => void) | undefined {
  const files = new Set(list(directory));
  if (!files.has("/index.html")) return undefined;
  return (request, response) => {
    const { path } = splitTarget(request.url);
    const file = files.has(path) ? path : "/index.html";
    if (file !== path && extname(path) !== "") {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("Not found\n");
      return;
    }
    response.writeHead(200, headersOf(file));
    if (request.method === "HEAD") response.end();
    else
      createReadStream(join(directory, file))
        .on("error", () => response.destroy())
        .pipe(response);
  };
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(
        (entry) => `/${join(entry.parentPath.slice(directory.length), entry.name).replace(/^[/\\]+/, "")}`,
      );
  } catch {
    return [];
  }
}

function headersOf(file: string): Record<string, string> {
  return {
    "content-type": CONTENT_TYPES[extname(file)] ?? "application/octet-stream",
    // Vite names its assets by their content.
    "cache-control": file.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  };
}
