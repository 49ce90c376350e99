import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { fixture } from "./golden.ts";

const BODY = "Payment pay_7 failed: card exception at 0xdeadbeef";
const QUERY = `{ anomalies(first: 5) { edges { node {
  body score threshold explanation { summary tokens { token importance start end } detectors { detector } } } } } }`;
const answer = z.object({
  anomalies: z.object({
    edges: z.array(
      z.object({
        node: z.object({
          body: z.string(),
          score: z.number(),
          threshold: z.number(),
          explanation: z.object({
            summary: z.string(),
            tokens: z.array(
              z.object({ token: z.string(), importance: z.number(), start: z.int(), end: z.int() }),
            ),
            detectors: z.array(z.object({ detector: z.string() })),
          }),
        }),
      }),
    ),
  }),
});

let logbert: LogbertProcess;
beforeAll(async () => {
  logbert = await startLogbert({ environment: { LOGBERT_MODEL: fixture("hf-classifier-attentions") } });
});
afterAll(() => logbert.stop());

async function send(bodies: readonly string[]): Promise<number> {
  const logRecords = bodies.map((stringValue) => ({
    timeUnixNano: "1700000000000000000",
    body: { stringValue },
  }));
  const response = await fetch(logbert.httpUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  return response.status;
}

describe("logbert serve with a Hugging Face classifier", () => {
  it("stores what it flags with its probability, and shows in the body which words counted", async () => {
    expect(await send(["Health check passed in 4ms", BODY])).toBe(200);
    const node = await waitFor("the anomaly in the API", async () => {
      const { anomalies } = answer.parse(await logbert.graphql(QUERY));
      return anomalies.edges[0]?.node;
    });
    expect(node.body).toBe(BODY);
    expect(node.score).toBeGreaterThan(0.9);
    expect(node.threshold).toBe(0.85);
    expect(node.explanation.detectors.map(({ detector }) => detector)).toContain("pretrained-model");
    const { tokens } = node.explanation;
    expect(tokens.map(({ token }) => token)).toEqual(
      expect.arrayContaining(["Payment", "failed", "exception"]),
    );
    for (const { token, start, end } of tokens) expect(BODY.slice(start, end)).toBe(token);
    const strongest = tokens.toSorted((a, b) => b.importance - a.importance)[0]?.token;
    expect(["failed", "exception", "0xdeadbeef"]).toContain(strongest);
    expect(await logbert.metric("logbert_scored_log_records_total")).toBe(2);
  });
});
