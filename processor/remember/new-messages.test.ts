import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { News } from "../calibrate/releases.ts";
import type { Finding } from "../calibrate/verdict.ts";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { createNewMessages } from "./new-messages.ts";

const release = (version: string) => ({ version, deployment: undefined, key: version });
const DEPLOYMENT = { release: release("2"), previous: release("1"), startedMs: 5, untilMs: 50 };
const NEWS: News = {
  deployment: DEPLOYMENT,
  broughtBy: DEPLOYMENT,
  isFirst: false,
  isHeld: true,
};
const redactor = {
  body: (text: string) => text.replace("bob", "<USER>"),
  plain: (text: string) => text.replace("bob", "<USER>"),
};
const request = readRequest(
  encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body: "gift for bob" }] }]),
);

function finding(template: string, news: News | undefined): Finding {
  const verdict = { score: 0, pValue: 1, strength: 0, threshold: 1, isAnomaly: false, modelVersion: "m" };
  return {
    recordIndex: 0,
    window: freshWindow([{ template, timeMs: 7 }]),
    event: 0,
    verdict: { ...verdict, contributions: [], news },
  };
}

/** @param examples ids that the sampler gives */
function gathering(...examples: readonly string[]) {
  const left = [...examples];
  return createNewMessages(redactor, { example: () => left.shift() });
}

describe("new messages", () => {
  it("are gathered of releases whose band is open, redacted, each with an example of its first record", () => {
    const messages = gathering("a", "b");
    messages.add(request, {
      findings: [
        finding("gift for bob", { ...NEWS, isFirst: true }),
        finding("gift for bob", NEWS),
        finding("known", { ...NEWS, broughtBy: undefined, isHeld: false }),
        finding("other", undefined),
      ],
      anomalies: [],
    });
    expect(messages.drain()).toEqual([
      {
        service: "shop",
        release: "2",
        version: "2",
        deployment: undefined,
        previous: { version: "1", deployment: undefined },
        startedAtMs: 5,
        untilMs: 50,
        records: 3,
        newTemplates: [
          {
            templateId: "gift for bob",
            text: "gift for <USER>",
            severityNumber: 9,
            count: 2,
            firstSeenMs: 7,
            body: "gift for <USER>",
            exampleId: "a",
          },
        ],
      },
    ]);
    expect(messages.drain()).toEqual([]);
  });

  it("go to the release that has brought them, whichever writes them now", () => {
    const messages = gathering();
    const next = { ...DEPLOYMENT, release: release("3"), previous: release("2") };
    messages.add(request, { findings: [finding("gift", { ...NEWS, deployment: next })], anomalies: [] });
    expect(messages.drain()).toMatchObject([
      { version: "3", records: 1, newTemplates: [] },
      { version: "2", records: 0, newTemplates: [{ templateId: "gift", count: 1 }] },
    ]);
  });

  it("are counted where the old release writes them, which is no record of the new one", () => {
    const messages = gathering();
    messages.add(request, { findings: [finding("gift", { ...NEWS, deployment: undefined })], anomalies: [] });
    expect(messages.drain()).toMatchObject([
      { version: "2", records: 0, newTemplates: [{ templateId: "gift", count: 1 }] },
    ]);
  });

  it("have one example each, of the first record that there is room for", () => {
    let room = 0;
    let taken = 0;
    const messages = createNewMessages(redactor, {
      example: () => {
        if (room === 0) return undefined;
        room -= 1;
        taken += 1;
        return `e${taken}`;
      },
    });
    const first = finding("gift", { ...NEWS, isFirst: true });
    messages.add(request, { findings: [first, first], anomalies: [] });
    expect(messages.drain()[0]?.newTemplates[0]?.exampleId).toBeUndefined();
    messages.add(request, { findings: [first], anomalies: [] });
    room = 5;
    messages.add(request, { findings: [first, finding("gift", NEWS), first], anomalies: [] });
    expect(messages.drain()[0]?.newTemplates[0]?.exampleId).toBe("e1");
    messages.add(request, { findings: [finding("gift", NEWS)], anomalies: [] });
    expect(messages.drain()[0]?.newTemplates[0]?.exampleId).toBeUndefined();
    expect(taken).toBe(1);
  });

  it("that there is no room for are told", () => {
    const leftOut: string[] = [];
    const messages = createNewMessages(redactor, undefined, (what) => leftOut.push(what));
    const findings = Array.from({ length: 1_001 }, (_, i) => finding(`gift ${i}`, NEWS));
    messages.add(request, { findings, anomalies: [] });
    const deployments = Array.from({ length: 1_000 }, (_, i) => ({
      ...DEPLOYMENT,
      release: release(`v${i}`),
    }));
    messages.add(request, {
      findings: deployments.map((deployment) =>
        finding("known", { ...NEWS, deployment, broughtBy: undefined }),
      ),
      anomalies: [],
    });
    expect(leftOut).toEqual(["message", "release"]);
    expect(messages.drain()).toHaveLength(1_000);
  });

  it("have no body where their first record came before", () => {
    const messages = gathering();
    messages.add(request, { findings: [finding("gift", NEWS)], anomalies: [] });
    expect(messages.drain()[0]?.newTemplates[0]?.body).toBe("");
  });

  it("have what alerted of them as their example", () => {
    const messages = gathering("a");
    const alert = finding("gift", { ...NEWS, isFirst: true, isHeld: false });
    const explanation = { summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] } as const;
    messages.add(request, {
      findings: [alert],
      anomalies: [{ id: "alert", finding: alert, explanation }],
    });
    expect(messages.drain()[0]?.newTemplates[0]?.exampleId).toBe("alert");
  });

  it("that could not be written go with the next, and keep what was known of their first records", () => {
    const messages = gathering("a");
    messages.add(request, { findings: [finding("gift", { ...NEWS, isFirst: true })], anomalies: [] });
    const unwritten = messages.drain();
    messages.add(request, { findings: [finding("gift", NEWS)], anomalies: [] });
    messages.restore(unwritten);
    expect(messages.drain()).toMatchObject([
      { records: 2, newTemplates: [{ count: 2, exampleId: "a", body: "gift for <USER>" }] },
    ]);
  });
});
