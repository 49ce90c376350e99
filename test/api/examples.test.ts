import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

const root = join(import.meta.dirname, "../..");
let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
});
afterEach(() => under.close());

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(command: string, args: readonly string[]) {
  return spawn(command, args, {
    cwd: root,
    env: { ...process.env, LOGBERT_URL: `http://${under.api.address}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function ended(child: ReturnType<typeof start>): Promise<Ran> {
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, stdout, stderr };
}

const client = (...args: readonly string[]) =>
  ended(start(process.execPath, ["docs/examples/graphql-client.ts", ...args]));

it("the example client lists page by page, judges, and sets thresholds unless somebody else has", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: Array.from({ length: 5 }, (_, i) => anAnomaly(i + 1)),
  });
  const idsOf = ({ stdout }: Ran) =>
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]);
  const all = await client("list", "--page", "2");
  expect(all.stderr).toBe("");
  expect(idsOf(all)).toEqual([5, 4, 3, 2, 1].map(idOf));
  expect((await client("feedback", idOf(3), "false", "nightly", "job")).code).toBe(0);
  expect(idsOf(await client("list", "--service", "shop"))).toEqual([5, 4, 2, 1].map(idOf));
  expect(await under.stage.feedbackFor([idOf(3)])).toMatchObject([
    { isTrueAnomaly: false, note: "nightly job" },
  ]);

  const set = await client("threshold", "shop", "0.97");
  expect(set.stdout).toMatch(/"thresholdPreview".*\n.*"mode":"MANUAL","value":0.97/s);
  const stale = await client("threshold", "shop", "0.5", "--based-on", "999");
  expect(stale).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Somebody has changed it meanwhile"),
  });
  expect((await under.stage.threshold("shop"))?.value).toBe(0.97);
});

it("the example client follows anomalies, and says what the API refuses", async () => {
  await under.stage.saveBatch(SHOP);
  const child = start(process.execPath, ["docs/examples/graphql-client.ts", "follow", "--count", "1"]);
  const following = ended(child);
  // A subscription says not when it has begun: stores anomalies until one was told.
  let number = 0;
  await waitFor("the client to be told", async () => {
    number += 1;
    await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(number)] });
    return child.exitCode ?? undefined;
  });
  expect(await following).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d{26}\t.*\tshop\t0\.900\t/),
  });
  expect(await client("feedback", "none", "true")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("NOT_FOUND"),
  });
});

it("every curl of docs/graphql.md does what its comment says", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    services: SHOP.services.map((service) => ({ ...service, name: "checkout" })),
    anomalies: [1, 2, 3].map((n) => anAnomaly(n, { service: "checkout" })),
  });
  const { data: page } = await under.ask("{ anomalies(first: 1) { pageInfo { endCursor } } }");
  const cursor = /"endCursor":"([^"]+)"/.exec(JSON.stringify(page))?.[1] ?? "";
  const docs = readFileSync(join(root, "docs/graphql.md"), "utf8");
  const script = /```sh\n(.*?)```/s.exec(docs)?.[1] ?? "";
  const commands = script.match(/^curl .*?^\}'$/gms) ?? [];
  expect(commands.length).toBeGreaterThan(8);
  const answers: string[] = [];
  for (const command of commands) {
    const ready = command
      .replaceAll("http://127.0.0.1:4000", `http://${under.api.address}`)
      .replaceAll("01M85P60AZ6BN0B7Z6J4KJADX0", idOf(1))
      .replaceAll("CURSOR", cursor);
    const { code, stdout } = await ended(start("bash", ["-c", ready]));
    expect(code, command).toBe(0);
    const { errors } = answer.parse(JSON.parse(stdout));
    // Nothing was trained yet: there are no weights to go back to.
    const expected = command.includes("rollbackModel") ? ["NOT_FOUND"] : undefined;
    expect(
      errors?.map(({ extensions }) => extensions.code),
      command,
    ).toEqual(expected);
    answers.push(stdout);
  }
  expect(answers[0]).toContain('"totalCount":3');
  expect(answers[1]?.match(/"id"/g)).toHaveLength(2);
  expect(answers.find((one) => one.includes("setThreshold"))).toContain('"mode":"MANUAL","value":0.95');
  expect((await under.stage.threshold("checkout"))?.mode).toBe("budget");
});

const answer = z.object({
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })).optional(),
});
