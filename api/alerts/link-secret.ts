import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Store } from "../../store/store.ts";
import { SECRET_CHARACTERS_MIN } from "./config.ts";

const FILE = "alert-links.key";
/** Of the secret in a database. */
const SHARED_NAME = "alert-links";

/** The file of the secret holds none. */
export class LinkSecretError extends Error {
  override readonly name = "LinkSecretError";
  readonly remedy = "Delete it, and a new one is made, or set alerts.link_secret. Links sent before end.";
  constructor(path: string) {
    super(`${path}: a secret has at least ${SECRET_CHARACTERS_MIN} characters`);
  }
}

/**
 * The secret that is kept beside the database, made where there is none; only its owner may read it. Rejects one that could be guessed
 * with a {@link LinkSecretError}: whoever guesses it can sign links.
 */
export function keptLinkSecret(databasePath: string): string {
  const path = join(dirname(databasePath), FILE);
  if (readSecret(path) === "") makeSecret(path);
  const secret = readSecret(path);
  if (secret.length < SECRET_CHARACTERS_MIN) throw new LinkSecretError(path);
  return secret;
}

/**
 * The secret that a database keeps for all processes over it, so that each takes the links of the others; that of the file, where there is
 * one, is taken over, so that links sent before hold. Rejects as {@link keptLinkSecret} does.
 *
 * @param databasePath what the file is beside
 */
export async function sharedLinkSecret(
  store: Pick<Store, "keptSecret">,
  databasePath: string,
): Promise<string> {
  const path = join(dirname(databasePath), FILE);
  const secret = readSecret(path) || newSecret();
  if (secret.length < SECRET_CHARACTERS_MIN) throw new LinkSecretError(path);
  const kept = await store.keptSecret(SHARED_NAME, secret);
  if (kept.length < SECRET_CHARACTERS_MIN)
    throw new LinkSecretError(`the database (secrets, ${SHARED_NAME})`);
  return kept;
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** "" where there is none: a file system that was full, or a disk that failed, may have left an empty file. */
function readSecret(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}

/** Whole or not at all, and the first one stays: another process may start at the same time. */
function makeSecret(path: string): void {
  const own = `${path}.${process.pid}`;
  // Beside a SQLite file it is there; where the database is on a server, nobody has made it yet.
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(own, `${newSecret()}\n`, { mode: 0o600, flush: true });
  try {
    if (existsSync(path)) renameSync(own, path);
    else placeFirst(own, path);
  } finally {
    rmSync(own, { force: true });
  }
}

function placeFirst(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    // Not every file system has links; then the last of several that start at the same time stays.
    renameSync(own, path);
  }
}
