import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { bodyOf, startReceiver, webhookTo } from "../alerts/receiver.ts";
import { childrenOf } from "../helpers/children-of.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { ANSWER, FORMATS, startModelServer } from "../llm/model-server.ts";
import { runCommand } from "../product/run-command.ts";
import { oddity, sendTo, startTwoStages, type TwoStages, teach } from "./two-stages.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** Now, and when what is usual began: incidents of long ago are told nobody. */
let nowMs: number;
let pastMs: number;
beforeEach(() => {
  nowMs = Date.now();
  pastMs = nowMs - 201_000;
});

async function twoStages(...options: Parameters<typeof startTwoStages>): Promise<TwoStages> {
  const stages = await startTwoStages(...options);
  undo.push(stages.stop);
  return stages;
}

const PANIC = "kernel panic: cannot mount root";

const found = z.object({
  anomalies: z.object({
    nodes: z.array(z.object({ id: z.string(), body: z.string(), threshold: z.number() })),
  }),
});

/** The stored anomalies with a text in their body. */
async function anomaliesWith(stage: LogbertProcess, text: string) {
  const { anomalies } = found.parse(
    await stage.graphql("{ anomalies(first: 99) { nodes { id body threshold } } }"),
  );
  return anomalies.nodes.filter(({ body }) => body.includes(text));
}

const storedWith = (stage: LogbertProcess, text: string) =>
  waitFor(`"${text}" to be stored`, async () => {
    const [first] = await anomaliesWith(stage, text);
    return first;
  });

describe("two stages on one PostgreSQL", () => {
  it("tell of each other, and of a third one that has the name of the first", async () => {
    const { a, b, url } = await twoStages();
    for (const one of [a, b])
      expect(await one.graphql("{ status { database stages { instance isRunning } } }")).toEqual({
        status: {
          database: "ok",
          stages: [
            { instance: "a", isRunning: true },
            { instance: "b", isRunning: true },
          ],
        },
      });
    const namesake = await startLogbert({ environment: { DATABASE_URL: url, LOGBERT_INSTANCE: "a" } });
    undo.push(namesake.kill);
    await waitFor("it to be told", async () => (a.stderr().includes("LOGBERT_INSTANCE") ? true : undefined));
    for (const one of [b, namesake]) expect(one.stderr()).not.toContain("LOGBERT_INSTANCE");
  });

  it("tell of one that has stopped that it runs no more, at once", async () => {
    const { a, b } = await twoStages();
    await a.stop();
    expect(await b.graphql("{ status { database stages { instance isRunning } } }")).toEqual({
      status: {
        database: "ok",
        stages: [
          { instance: "a", isRunning: false },
          { instance: "b", isRunning: true },
        ],
      },
    });
  });

  it("do not share a directory", async () => {
    const { a, url } = await twoStages();
    const { code, stderr } = await runCommand(["serve", "--config", a.configFile], {
      cwd: a.directory,
      environment: { DATABASE_URL: url, LOGBERT_INSTANCE: "c" },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`another logbert (process ${a.pid}) uses the directory ${a.directory}`);
  });

  it("judge by a threshold that was set at the other one", async () => {
    const { a, b } = await twoStages();
    await teach(b, pastMs);
    await waitFor("the service to be stored", async () =>
      JSON.stringify(await a.graphql("{ services { records } }")).includes("2000") ? true : undefined,
    );
    await a.graphql('mutation { setThreshold(input: { service: "shop", value: 0.123 }) { value } }');
    let sent = 0;
    await waitFor("b to judge by it", async () => {
      sent += 1;
      await sendTo(b, oddity(nowMs + sent, `${PANIC} ${sent}`));
      return (await anomaliesWith(a, PANIC)).some(({ threshold }) => threshold === 0.123) || undefined;
    });
  });

  it("follow what people say at the other one", async () => {
    const { a, b } = await twoStages();
    await teach(a, pastMs);
    await sendTo(a, oddity(nowMs, PANIC));
    const { id } = await storedWith(b, PANIC);
    await b.graphql(`mutation { addFeedback(input: { anomalyId: "${id}", isTrueAnomaly: false }) { id } }`);
    await waitFor("a to follow it", async () =>
      (await a.metric("logbert_feedback_total")) === 1 ? true : undefined,
    );
    await waitFor("the status of both", async () => {
      const labels = await Promise.all([a, b].map((one) => one.graphql("{ status { labels } }")));
      return labels.every((one) => JSON.stringify(one) === '{"status":{"labels":1}}') || undefined;
    });
  });

  it("store once what a sender has sent to both", async () => {
    const { a, b } = await twoStages();
    await Promise.all([teach(a, pastMs), teach(b, pastMs)]);
    const request = oddity(nowMs, PANIC);
    await sendTo(a, request);
    await storedWith(b, PANIC);
    await sendTo(b, request);
    // Written with what was found in them.
    await waitFor("all records to be counted", async () =>
      JSON.stringify(await a.graphql("{ services { records } }")).includes("4002") ? true : undefined,
    );
    expect(await (await fetch(b.metricsUrl)).text()).toMatch(
      /^logbert_scored_log_records_total\{result="anomalous"\} 1$/m,
    );
    expect(await a.graphql("{ anomalies { totalCount } services { anomalies } }")).toEqual({
      anomalies: { totalCount: 1 },
      services: [{ anomalies: 1 }],
    });
  });

  it("tell each incident once, also where the teller is killed, with links that both take", async () => {
    const receiver = await startReceiver();
    undo.push(receiver.close);
    const { a, b } = await twoStages({
      alerts: {
        gather_seconds: 0,
        public_url: "https://logbert.example",
        channels: [webhookTo(receiver)],
      },
    });
    await teach(b, pastMs, "cart");
    await Promise.all([teach(a, pastMs), teach(a, pastMs, "cart"), teach(b, pastMs)]);
    await sendTo(a, oddity(nowMs, PANIC));
    const [first] = await receiver.got(1);
    const link = first && bodyOf(first).incident?.realUrl?.replace("https://logbert.example", "");
    for (const one of [a, b]) expect((await fetch(`${one.apiUrl}${link}`)).status).toBe(200);

    const teller = await waitFor("the message to be noted", async () => {
      for (const one of [a, b]) if ((await one.metric("logbert_alerts_sent_total")) === 1) return one;
      return undefined;
    });
    for (const pid of childrenOf(teller.pid)) process.kill(pid, "SIGKILL");
    await teller.kill();
    const other = teller === a ? b : a;
    await sendTo(other, oddity(Date.now(), PANIC, "cart"));
    await waitFor("the other one to tell", async () =>
      (await other.metric("logbert_alerts_sent_total")) === 1 ? true : undefined,
    );
    // That one is over is told, too, where the machine is so busy that a minute has passed.
    const opened = receiver.received.map(bodyOf).filter(({ type }) => type === "incident.opened");
    const incidents = opened.map(({ incident }) => incident?.id);
    expect(incidents).toHaveLength(2);
    expect(new Set(incidents).size).toBe(2);
  });

  it("ask a language model once about an incident", async () => {
    const [gemini] = FORMATS;
    const server = await startModelServer();
    undo.push(server.close);
    const { a, b } = await twoStages(
      { explainer: { provider: "gemini", base_url: server.url, automatic: true } },
      { GOOGLE_API_KEY: "key-from-the-environment" },
    );
    await Promise.all([teach(a, pastMs), teach(b, pastMs, "cart")]);
    // What was answered would not be asked again anyway.
    const secondIsAsked = Promise.withResolvers<void>();
    server.reply(async () => {
      if (server.asked.length > 1) secondIsAsked.resolve();
      await secondIsAsked.promise;
      return gemini?.writes(JSON.stringify(ANSWER)) ?? "hang-up";
    });
    await sendTo(a, oddity(nowMs, PANIC));
    await storedWith(b, PANIC);
    await sendTo(b, oddity(nowMs, "disk controller is on fire", "cart"));
    await waitFor("both to be explained", async () => {
      const data = await a.graphql("{ anomalies(first: 99) { nodes { explanation { llm { summary } } } } }");
      return JSON.stringify(data).split(ANSWER.summary).length > 2 ? true : undefined;
    });
    expect(server.asked).toHaveLength(2);
  });
});
