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
