import { symlinkSync, unlinkSync } from "node:fs";
import { expect, it, onTestFinished, vi } from "vitest";
import { type RenewableFiles, renewableFiles } from "../../test/security/tls-files.ts";
import { type FollowedTlsFiles, followTlsFiles } from "./follow-tls-files.ts";
import type { TlsFiles } from "./tls-files.ts";

function follow({ ca, cert, key }: RenewableFiles) {
  const changed: TlsFiles[] = [];
  const broken: unknown[] = [];
  const file = (path: string) => ({ setting: "tls", path });
  const followed: FollowedTlsFiles = followTlsFiles(
    { ca: file(ca), cert: file(cert), key: file(key) },
    { intervalMs: 5, onChanged: (files) => changed.push(files), onBroken: (error) => broken.push(error) },
  );
  onTestFinished(followed.stop);
  return { changed, broken };
}

it("files that could not be used are tried again though they stay as they are: it may have been the clock", async () => {
  const files = renewableFiles("server");
  const { changed, broken } = follow(files);
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2200-01-01") });
  onTestFinished(() => void vi.useRealTimers());
  files.put("ca", "other-ca");
  await expect.poll(() => changed).toHaveLength(1);
  files.put("cert", "renewed-server");
  files.put("key", "renewed-server");
  await expect.poll(() => String(broken.at(-1))).toContain("has expired");
  vi.useRealTimers();
  await expect.poll(() => changed).toHaveLength(2);
  const told = broken.length;
  files.put("ca", "ca");
  await expect.poll(() => changed).toHaveLength(3);
  expect(broken).toHaveLength(told);
});

it("files that lead in a circle are told as such, and end nothing", async () => {
  const files = renewableFiles("server");
  const { changed, broken } = follow(files);
  unlinkSync(files.cert);
  symlinkSync(files.cert, files.cert);
  await expect.poll(() => String(broken.at(-1))).toContain("ELOOP");
  files.put("cert", "server");
  await expect.poll(() => changed).toHaveLength(1);
});
