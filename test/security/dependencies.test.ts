import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { verdictOf } from "./audit-verdict.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));

const locked = z.object({
  version: z.string(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});
const lockfile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), z.unknown()) });
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});

const { "": _, ...others } = lockfile.parse(read("package-lock.json")).packages;
const packages = Object.entries(others).map(([path, one]) => ({
  path,
  name: path.replace(/^.*node_modules\//, ""),
  ...locked.parse(one),
}));
const { dependencies, devDependencies, allowScripts } = manifest.parse(read("package.json"));

/** What is bundled into the page: npm calls it tools, and it ships all the same. */
function bundled(): ReadonlySet<string> {
  const sources = globSync("ui/**/*.{ts,tsx}", { cwd: root, exclude: ["ui/vite.config.ts", "**/*.test.*"] });
  const imports = sources.flatMap((file) => [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /^(?:import|export) (?!type ).*?from "((?:@[^/"]+\/)?[^./"][^/"]*)/gms,
    ),
  ]);
  const names = new Set(imports.map(([, name = ""]) => name));
  for (const name of names)
    for (const one of packages)
      if (one.name === name) for (const needed of Object.keys(one.dependencies)) names.add(needed);
  return names;
}

/** Of what ships: permissive ones that go with Apache-2.0. */
const LICENCES = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
];
/** Of tools that do not: also licences that ask for the source of changed files. */
const TOOL_LICENCES = [...LICENCES, "MPL-2.0", "Unlicense", "CC-BY-4.0"];

/** The licences that an SPDX expression names. */
const licencesOf = (expression = "") => expression.replace(/[()]/g, "").split(/ (?:AND|OR) /);

describe("dependencies", () => {
  it("are many, and read", () => expect(packages.length).toBeGreaterThan(100));

  it("come from the registry, with a hash that npm checks", () => {
    const strange = packages.filter(
      ({ resolved, integrity = "", link }) =>
        link === true ||
        !integrity.startsWith("sha512-") ||
        !(resolved ?? "https://registry.npmjs.org/").startsWith("https://registry.npmjs.org/"),
    );
    expect(strange.map(({ path }) => path)).toEqual([]);
  });

  it("are named by one exact version each, which is the one that is locked", () => {
    const versions = new Map(packages.map(({ path, version }) => [path, version]));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect([name, versions.get(`node_modules/${name}`)]).toEqual([name, version]);
    }
  });

  it("run no script when they are installed but those that were decided on, and only Node's own is allowed", () => {
    const withScripts = packages
      .filter(({ hasInstallScript }) => hasInstallScript === true)
      .map(({ name }) => name);
    expect(withScripts.filter((name) => !(name in allowScripts))).toEqual([]);
    const allowed = Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed);
    expect(allowed.map(([name]) => name)).toEqual(["node"]);
  });

  it("have licences that were agreed on", () => {
    const inPage = bundled();
    expect([...inPage]).toEqual(
      expect.arrayContaining(["react", "scheduler", "urql", "@urql/core", "uplot"]),
    );
    const others = packages.filter(({ name, dev, license }) => {
      const agreed = dev === true && !inPage.has(name) ? TOOL_LICENCES : LICENCES;
      return !licencesOf(license).every((one) => agreed.includes(one));
    });
    expect(others.map(({ path, license }) => `${path}: ${license}`)).toEqual([]);
  });
});

describe("the audit", () => {
  const reportOf = (vulnerabilities: object) =>
    JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });

  it("fails on grave weaknesses, and on no others", () => {
    expect(verdictOf(reportOf({})).kind).toBe("clean");
    const low = { a: { severity: "low" }, b: { severity: "moderate" } };
    expect(verdictOf(reportOf(low))).toEqual({
      kind: "clean",
      text: expect.stringContaining("a (low), b (moderate)"),
    });
    for (const severity of ["high", "critical"])
      expect(verdictOf(reportOf({ ...low, c: { severity } }))).toEqual({
        kind: "weak",
        text: expect.stringContaining(`c (${severity})`),
      });
  });

  it.each([
    [
      '{"message":"405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk"}',
      "405",
    ],
    ["", "no answer"],
    ["<html>", "no answer"],
    ["{}", "no answer"],
  ])("says that nothing was asked where the registry does not answer: %j", (json, said) => {
    const verdict = verdictOf(json);
    expect(verdict.kind).toBe("unknown");
    expect(verdict.text).toContain("NOT asked");
    expect(verdict.text).toContain(said);
  });

  it.each([
    ["react", "high", 1],
    ["react", "moderate", 0],
    ["better-sqlite3", "critical", 1],
    ["vitest", "high", 1],
  ])("asks a registry for all that is installed, and hears of %s (%s)", async (name, severity, code) => {
    const asked: string[] = [];
    const registry = createServer(async (request, response) => {
      if (request.method !== "POST") return response.writeHead(404).end("{}");
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const packed = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      asked.push(...Object.keys(JSON.parse(packed.toString("utf8"))));
      const advisory = {
        id: 1,
        url: "https://example.com/1",
        title: "t",
        severity,
        vulnerable_versions: "*",
      };
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify({ [name]: [advisory] }));
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void registry.close());
    const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
    const child = spawn(process.execPath, ["test/security/audit.ts"], {
      cwd: root,
      env: {
        ...process.env,
        npm_config_registry: url,
        NPM_CONFIG_REGISTRY: url,
        npm_config_cache: temporaryDirectory("logbert-npm"),
      },
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    expect([await text(child.stderr), await ended]).toEqual([
      expect.stringContaining(`${name} (${severity})`),
      code,
    ]);
    expect(new Set(asked)).toEqual(new Set([...packages.map((one) => one.name)]));
  });
});
