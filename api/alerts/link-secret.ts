import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILE = "alert-links.key";

/** The secret that is kept beside the database, made where there is none; only its owner may read it. */
export function keptLinkSecret(databasePath: string): string {
  const path = join(dirname(databasePath), FILE);
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    // Whole or not at all, and the first one stays: another process may start at the same time.
    linkSync(own, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(own);
  }
  return readFileSync(path, "utf8").trim();
}
