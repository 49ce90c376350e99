import { describe, expect, it } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import type { ExplainTokens } from "../explain/token-importance.ts";
import { withTokens } from "./with-tokens.ts";

const signal = new AbortController().signal;
const TOKENS = [{ token: "disk", importance: 1, start: 0, end: 4 }];

function anomaly(id: string, tokens: Anomaly["explanation"]["tokens"] = []): Anomaly {
  return {
    id,
    timeMs: 0,
    service: "shop",
    stream: "",
    severityNumber: 9,
    severityText: "",
    body: "disk gone",
    kind: "t",
    templateId: "t",
    template: "disk gone",
    score: 1,
    threshold: 0.9,
    modelVersion: "m",
    traceId: undefined,
    explanation: { summary: "", source: "MODEL", expected: [], detectors: [], tokens },
    window: [],
  };
}

describe("anomalies on their way to the store", () => {
  const nothing = () => undefined;

  it("get their tokens' importances", async () => {
    const explain: ExplainTokens = async () => TOKENS;
    const [one] = await withTokens([anomaly("a")], explain, nothing, signal);
    expect(one?.explanation.tokens).toEqual(TOKENS);
  });

  it("say what a new message was compared with", async () => {
    const asked: (string | undefined)[] = [];
    const explain: ExplainTokens = async ({ nearest }) => {
      asked.push(nearest);
      return TOKENS;
    };
    await withTokens(
      [anomaly("a"), anomaly("b")],
      explain,
      ({ id }) => (id === "a" ? "disk full" : undefined),
      signal,
    );
    expect(asked).toEqual(["disk full", undefined]);
  });

  it("keep those that they have when the store made them wait", async () => {
    const explain: ExplainTokens = async () => {
      throw new Error("not again");
    };
    const waiting = anomaly("a", TOKENS);
    expect(await withTokens([waiting], explain, nothing, signal)).toEqual([waiting]);
  });

  it("go without when the encoder fails, in their order and all of them", async () => {
    let calls = 0;
    const explain: ExplainTokens = async () => {
      calls += 1;
      if (calls === 2) throw new Error("no model");
      return TOKENS;
    };
    const all = await withTokens([anomaly("a"), anomaly("b"), anomaly("c")], explain, nothing, signal);
    expect(all.map(({ id, explanation }) => [id, explanation.tokens.length])).toEqual([
      ["a", 1],
      ["b", 0],
      ["c", 0],
    ]);
  });

  it("go without when there is no time left", async () => {
    const explain: ExplainTokens = async () => TOKENS;
    const late = AbortSignal.abort(new Error("late"));
    expect(await withTokens([anomaly("a")], explain, nothing, late)).toEqual([anomaly("a")]);
  });
});
