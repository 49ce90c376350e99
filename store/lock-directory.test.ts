import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { lockDirectories } from "./lock-directory.ts";
import { StoreError } from "./store.ts";

let root: string;
beforeEach(() => {
  root = temporaryDirectory("lock");
});

function refusalOf(...directories: readonly string[]): StoreError {
  try {
    lockDirectories(directories)();
  } catch (error) {
    if (error instanceof StoreError) return error;
  }
  throw new Error(`${directories} were not refused`);
}

describe("a directory that is locked", () => {
  it("is made where it is missing, and refused to whoever asks next, with who has it and what to do", () => {
    const directory = join(root, "not/there/yet");
    const release = lockDirectories([directory]);
    const error = refusalOf(directory);
    expect(error.code).toBe("locked");
    expect(error.message).toContain(directory);
    expect(error.message).toContain(`(process ${process.pid})`);
    expect(error.remedy).toContain("DB_PATH");
    release();
  });

  it("is locked again once it is given back, and nothing is left of it but its file", () => {
    lockDirectories([root])();
    lockDirectories([root])();
    expect(readdirSync(root)).toEqual(["logbert.lock"]);
  });

  it("is known by any of its paths, and locked once where it is named twice", () => {
    mkdirSync(join(root, "data"));
    symlinkSync(join(root, "data"), join(root, "link"));
    const release = lockDirectories([join(root, "data"), join(root, "link")]);
    expect(refusalOf(join(root, "link")).message).toContain(join(root, "data"));
    release();
  });

  it("keeps the others that were asked for with it free", () => {
    const release = lockDirectories([join(root, "b")]);
    refusalOf(join(root, "a"), join(root, "b"));
    lockDirectories([join(root, "a")])();
    release();
  });

  it("names the host of another container, and nobody where the holder could not say who it is", () => {
    const release = lockDirectories([root]);
    writeFileSync(join(root, "logbert.pid"), "7 elsewhere\n");
    expect(refusalOf(root).message).toContain("another logbert (process 7 of host elsewhere) uses");
    writeFileSync(join(root, "logbert.pid"), "");
    expect(refusalOf(root).message).toContain("another logbert uses");
    release();
  });
});

it("a directory that cannot be made is named, with a remedy", () => {
  const file = join(root, "a-file");
  writeFileSync(file, "");
  const error = refusalOf(join(file, "data"));
  expect(error.code).toBe("unreachable");
  expect(error.message).toContain(file);
  expect(error.remedy).toContain("permissions");
});
