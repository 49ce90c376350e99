import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { verdictOf } from "./audit-verdict.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../..", file), "utf8"));

const locked = z.object({
  version: z.string(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
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
    const others = packages.filter(({ dev, license }) => {
      const agreed = dev === true ? TOOL_LICENCES : LICENCES;
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
});
