import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "./run-command.ts";

const SECRET = "secret-0123456789abcdef";
/** Nothing of the surrounding shell. */
const NO_TOKEN = { LOGBERT_API_TOKEN: "" };

function directoryWith(config: string): string {
  const directory = temporaryDirectory("logbert-access");
  writeFileSync(join(directory, "logbert.yaml"), config);
  return directory;
}

it.each([["validate"], ["serve"]])(
  "%s refuses an API without a token that other machines reach",
  async (command) => {
    const cwd = directoryWith("api: { endpoint: '0.0.0.0:0' }\n");
    const { code, stdout, stderr } = await runCommand([command], { cwd, environment: NO_TOKEN });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("api.endpoint: 0.0.0.0:0 can be reached from other machines");
    expect(stderr).toContain("set api.tokens or LOGBERT_API_TOKEN");
  },
);

it("validate never prints a token, neither a right one nor one that it refuses", async () => {
  const entry = (role: string) => `{ name: alice, role: ${role}, token: '\${env:THE_TOKEN}' }`;
  const environment = { ...NO_TOKEN, THE_TOKEN: SECRET };
  for (const [role, exit] of [
    ["write", 0],
    ["admin", 2],
  ] as const) {
    const cwd = directoryWith(`api: { endpoint: '0.0.0.0:0', tokens: [${entry(role)}] }\n`);
    const { code, stdout, stderr } = await runCommand(["validate", "--print"], { cwd, environment });
    expect(code).toBe(exit);
    expect(stdout + stderr).not.toContain(SECRET);
    if (exit === 0) expect(stdout).toContain('"name": "alice"');
  }
});

it("a running stage takes its token from the environment, and keeps it out of its log and metrics", async () => {
  const logbert = await startLogbert({
    environment: { LOGBERT_API_TOKEN: SECRET, LOG_LEVEL: "DEBUG" },
  });
  const ask = async (headers: Record<string, string>) =>
    (
      await fetch(`${logbert.apiUrl}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: '{"query":"{viewer{name canWrite}}"}',
      })
    ).json();
  expect(await ask({ authorization: `Bearer ${SECRET}` })).toEqual({
    data: { viewer: { name: "api", canWrite: true } },
  });
  expect(await ask({})).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  expect(await ask({ authorization: `Bearer ${SECRET}x` })).toMatchObject({ errors: [{}] });
  const metrics = await (await fetch(logbert.metricsUrl)).text();
  for (const told of [logbert.stderr(), metrics]) expect(told).not.toContain(SECRET);
  expect(await logbert.stop()).toBe(0);
});
