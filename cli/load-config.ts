import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { z } from "zod";
import { API_TOKEN, type Config, configSchema, ENVIRONMENT } from "./config.ts";
import { expandEnvironment } from "./expand-environment.ts";
import { readYaml } from "./read-yaml.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with a configuration, one line each, with its path and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(source: string, problems: readonly string[]) {
    super(`${source} is not valid:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Where a configuration comes from. */
export interface ConfigSource {
  /** The file named on the command line; undefined: LOGBERT_CONFIG, else ./logbert.yaml where it exists, else defaults. */
  readonly file?: string | undefined;
  readonly environment: Environment;
}

/** Reads and validates the configuration as a whole: file, then `.env`, then environment; the last one wins.
 * Throws a {@link ConfigError} that lists every problem. */
export function loadConfig({ file, environment }: ConfigSource): Config {
  const withDotEnv = { ...readDotEnv(), ...environment };
  const path =
    file ?? withDotEnv["LOGBERT_CONFIG"] ?? (existsSync("logbert.yaml") ? "logbert.yaml" : undefined);
  const source = path ?? "The configuration";
  const settings = path === undefined ? {} : readFile(path, withDotEnv);
  const result = configSchema.safeParse(override(settings, withDotEnv, source));
  const origin = namesApiToken(settings, withDotEnv) ? API_TOKEN : undefined;
  if (!result.success)
    throw new ConfigError(
      source,
      result.error.issues.map((i) => describeIssue(i, withDotEnv, origin)),
    );
  return result.data;
}

function readDotEnv(): Environment {
  return existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
}

function readFile(path: string, environment: Environment): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ConfigError(path, [
      `cannot be read (${code}): name an existing file by --config or LOGBERT_CONFIG`,
    ]);
  }
  const read = readYaml(text);
  if ("problem" in read) throw new ConfigError(path, [read.problem]);
  const { value } = read;
  if (value === null || value === undefined) return {};
  if (isObject(value)) return Object.fromEntries(Object.entries(expandEnvironment(value, environment)));
  throw new ConfigError(path, ["the file must hold keys and values, such as `forward:`"]);
}

/** Lays the environment's values over the file's. */
function override(
  settings: Record<string, unknown>,
  environment: Environment,
  source: string,
): Record<string, unknown> {
  const result = { ...settings };
  for (const [name, [room, key]] of Object.entries(ENVIRONMENT)) {
    const value = environment[name];
    if (value === undefined || value === "") continue;
    const slice = result[room] ?? {};
    if (!isObject(slice)) throw new ConfigError(source, [`${room}: must hold keys and values`]);
    result[room] = { ...slice, [key]: fromText(name, value) };
  }
  const api = result["api"] ?? {};
  if (!isObject(api) || !namesApiToken(result, environment)) return result;
  const tokens = [{ name: "api", role: "write", token: environment[API_TOKEN] }];
  return { ...result, api: { ...api, tokens } };
}

/** Whether the environment's token is the only one. Where the file lists tokens they may well be written as ${env:LOGBERT_API_TOKEN}: it
 * adds none there. */
function namesApiToken(settings: Record<string, unknown>, environment: Environment): boolean {
  const api = settings["api"] ?? {};
  return Boolean(environment[API_TOKEN]) && isObject(api) && isNone(api["tokens"]);
}

function isNone(list: unknown): boolean {
  return list === undefined || (Array.isArray(list) && list.length === 0);
}

const LEVEL_ALIASES: Readonly<Record<string, string>> = {
  WARNING: "WARN",
  CRITICAL: "ERROR",
  FATAL: "ERROR",
};

function fromText(name: string, value: string): unknown {
  if (name === "LOG_LEVEL") return LEVEL_ALIASES[value.toUpperCase()] ?? value.toUpperCase();
  // A name, also where it is "0".
  if (name === "LOGBERT_INSTANCE") return value;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** @param tokenVariable the variable that api.tokens come from; undefined where they are the file's */
function describeIssue(
  issue: z.core.$ZodIssue,
  environment: Environment,
  tokenVariable: string | undefined,
): string {
  const path = issue.path
    .map((key, i) => (issue.path[i - 1] === "headers" ? shownKey(String(key)) : String(key)))
    .join(".");
  const variable = path.startsWith("api.tokens.")
    ? tokenVariable
    : Object.keys(ENVIRONMENT).find((name) => ENVIRONMENT[name]?.join(".") === path && environment[name]);
  const origin = variable === undefined ? "" : ` (from the environment variable ${variable})`;
  return `${path === "" ? "(top level)" : path}${origin}: ${messageOf(issue)}`;
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  const keys = issue.keys.map((key) => `"${shownKey(key)}"`).join(", ");
  return `Unrecognized key: ${keys}; \`logbert validate --help\` says where the keys are listed`;
}

/** A secret in the place of a key, as in `headers: { authorization=Bearer … }`, is not shown: it has other signs, or digits. */
function shownKey(key: string): string {
  return /^(<<|[\w.-]{1,64})$/.test(key) && !/^(?=.*\d).{16}/.test(key) ? key : "(hidden)";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
