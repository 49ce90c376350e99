import { statSync } from "node:fs";
import { checkNotExpired, readTlsFiles, type TlsFiles, type TlsPaths } from "./tls-files.ts";

/** What is told of files that are looked at again and again. */
export interface TlsFollower {
  readonly intervalMs: number;
  /** They have changed, and can be used. */
  readonly onChanged: (files: TlsFiles) => void;
  /** They have changed, and cannot be used: told once for each change. */
  readonly onBroken: (error: unknown) => void;
}

/** Files that are followed. */
export interface FollowedTlsFiles {
  /** As they are at first. */
  readonly files: TlsFiles;
  stop(): void;
}

/**
 * Reads the files and looks at intervals whether they are still the same, by what the file system says of them: a renewed
 * certificate is used without a restart, however it is put there (written over, renamed, or behind another link). One that has
 * expired already is not: the one before it is no worse. To begin with it is, as there is no other. What cannot be used is tried at
 * each look: the clock may be set, and permissions are no part of what is compared.
 * Throws a TlsFileError when they cannot be used to begin with.
 */
export function followTlsFiles(paths: TlsPaths, follower: TlsFollower): FollowedTlsFiles {
  let used = stateOf(paths);
  let told = used;
  const files = readTlsFiles(paths);
  let inForce = files;
  if (files.ca === undefined && files.cert === undefined) return { files, stop: () => undefined };
  const look = () => {
    const state = stateOf(paths);
    if (state === used) return;
    try {
      const changed = readTlsFiles(paths);
      checkNotExpired(paths, changed, inForce);
      follower.onChanged(changed);
      used = state;
      inForce = changed;
    } catch (error) {
      if (state !== told) follower.onBroken(error);
      told = state;
    }
  };
  const timer = setInterval(look, follower.intervalMs).unref();
  return { files, stop: () => clearInterval(timer) };
}

function stateOf({ ca, cert, key }: TlsPaths): string {
  return [ca, cert, key].map(({ path }) => stateOfFile(path)).join(" ");
}

function stateOfFile(path: string): string {
  if (path === "") return "-";
  try {
    const stat = statSync(path);
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  } catch {
    // Why is told by who reads it.
    return "-";
  }
}
