import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file or directory of the package, by its path from the package's root (one folder up in a checkout, two in dist/). */
export function packageFile(path: string): string {
  const candidates = [`../${path}`, `../../${path}`].map((one) =>
    fileURLToPath(new URL(one, import.meta.url)),
  );
  return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0] ?? path;
}
