import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { keptLinkSecret, sharedLinkSecret } from "../../api/alerts/link-secret.ts";
import { openStore } from "../../store/open-store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory("link-secret");
  file = join(directory, "alert-links.key");
});

const kept = () => keptLinkSecret(join(directory, "logbert.db"));

describe("the secret that signs links", () => {
  it("is made once, for its owner's eyes alone", () => {
    const secret = kept();
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(kept()).toBe(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["alert-links.key"]);
  });

  it("is made with its directory where the database is on a server", () => {
    const nested = join(directory, "data", "logbert.db");
    expect(keptLinkSecret(nested)).toBe(keptLinkSecret(nested));
  });

  it("is kept by a database that several processes share, which takes over that of the file", async () => {
    const store = await openStore({ path: join(directory, "shared.db") });
    const other = join(temporaryDirectory("link-secret"), "logbert.db");
    const secret = kept();
    expect(await sharedLinkSecret(store, join(directory, "logbert.db"))).toBe(secret);
    expect(await sharedLinkSecret(store, other)).toBe(secret);
    writeFileSync(file, "tooshort\n");
    await expect(sharedLinkSecret(store, join(directory, "logbert.db"))).rejects.toThrow(file);
    await store.close();
  });

  it("that could be guessed is refused also where a database has it", async () => {
    const store = await openStore({ path: join(directory, "shared.db") });
    await store.keptSecret("alert-links", "tooshort");
    await expect(sharedLinkSecret(store, join(directory, "logbert.db"))).rejects.toThrow("at least 16");
    await store.close();
  });

  it("is made anew where the file is empty", () => {
    for (const empty of ["", " \n"]) {
      writeFileSync(file, empty);
      expect(kept().length).toBeGreaterThan(40);
      expect(readFileSync(file, "utf8").trim()).toBe(kept());
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it("that could be guessed is refused, by the file's name and without it", () => {
    writeFileSync(file, "tooshort\n");
    expect(kept).toThrow(`${file}: a secret has at least 16 characters`);
    expect(readFileSync(file, "utf8")).toBe("tooshort\n");
  });

  it("that cannot be read is an error", () => {
    mkdirSync(file);
    expect(kept).toThrow("EISDIR");
  });
});
