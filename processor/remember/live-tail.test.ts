import { describe, expect, it } from "vitest";
import type { LiveRecord } from "../../store/live-record.ts";
import type { Judged } from "../enrich/enrich.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { createLiveTail, LIVE_RECORDS_PER_SECOND, type LiveTailPorts } from "./live-tail.ts";

const RECORDS = 100;
const request = readRequest(
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: RECORDS }, () => ({ timeUnixNano: 1n, body: "from 10.0.0.1" })),
    },
  ]),
);
const match = { templateId: "t", template: "from <IP>", parameters: [], isNew: false };

/** With anomalies at the end of the request. */
function judged(anomalies = 0): Judged {
  const verdict = {
    score: 0.9,
    pValue: 0.1,
    strength: 0,
    threshold: 0.85,
    isAnomaly: true,
    modelVersion: "m",
    contributions: [],
  };
  const window = {
    service: "shop",
    stream: "s",
    events: [],
    freshFrom: 0,
    freshRecords: [],
    isStart: true,
    isClosed: false,
    session: createSessionTally(),
  };
  const findings = Array.from({ length: anomalies }, (_, i) => ({
    recordIndex: RECORDS - 1 - i,
    window,
    event: 0,
    verdict,
  }));
  return {
    parsed: Array.from({ length: RECORDS }, (_, recordIndex) => ({
      recordIndex,
      service: "shop",
      stream: "s",
      match,
      timeMs: 1,
      severityNumber: 9,
    })),
    findings,
    anomalies: findings.map((finding) => ({
      finding,
      id: `a${finding.recordIndex}`,
      explanation: { summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] },
    })),
  };
}

const shownAs = (show: (text: string) => string) => ({ body: show, plain: show });

function tail(ports: Partial<LiveTailPorts> = {}) {
  const shown: LiveRecord[] = [];
  const clock = { nowMs: 0 };
  const show = createLiveTail({
    live: () => (records) => shown.push(...records),
    redactor: shownAs((text) => text.replace("10.0.0.1", "<IP>")),
    now: () => clock.nowMs,
    later: (work) => work(),
    onError: (cause) => {
      throw cause;
    },
    ...ports,
  });
  return { shown, clock, show };
}

describe("the live tail", () => {
  it("shows at most so many records a second, however many go through", () => {
    const { shown, clock, show } = tail();
    for (let i = 0; i < 50; i += 1) show(request, judged());
    expect(shown).toHaveLength(LIVE_RECORDS_PER_SECOND);
    clock.nowMs = 500;
    for (let i = 0; i < 50; i += 1) show(request, judged());
    expect(shown).toHaveLength(1.5 * LIVE_RECORDS_PER_SECOND);
    clock.nowMs = 3_600_000;
    for (let i = 0; i < 50; i += 1) show(request, judged());
    expect(shown).toHaveLength(2.5 * LIVE_RECORDS_PER_SECOND);
  });

  it("shows anomalies when there is no room for others any more", () => {
    const { shown, show } = tail();
    for (let i = 0; i < 50; i += 1) show(request, judged());
    show(request, judged(2));
    expect(shown.slice(LIVE_RECORDS_PER_SECOND).map(({ anomalyId }) => anomalyId)).toEqual(["a98", "a99"]);
  });

  it("shows a part of a large request, spread over it, the anomalies among them", () => {
    const { shown, show } = tail();
    show(request, judged(3));
    expect(shown.length).toBeLessThanOrEqual(50);
    expect(shown.filter(({ isAnomaly }) => isAnomaly)).toHaveLength(3);
  });

  it("redacts, and does nothing before it is its turn", () => {
    const waiting: (() => void)[] = [];
    const redacted: string[] = [];
    const { shown, show } = tail({
      later: (work) => waiting.push(work),
      redactor: shownAs((text) => {
        redacted.push(text);
        return "hidden";
      }),
    });
    show(request, judged());
    expect(redacted).toEqual([]);
    for (const work of waiting) work();
    expect(new Set(shown.map(({ body }) => body))).toEqual(new Set(["hidden"]));
  });

  it("does nothing while nobody looks, and tells what breaks", () => {
    const waiting: (() => void)[] = [];
    const unwatched = tail({ live: () => undefined, later: (work) => waiting.push(work) });
    unwatched.show(request, judged());
    expect(waiting).toEqual([]);
    const errors: unknown[] = [];
    const broken = tail({
      redactor: shownAs(() => {
        throw new Error("broken");
      }),
      onError: (cause) => errors.push(cause),
    });
    broken.show(request, judged());
    expect(errors).toMatchObject([{ message: "broken" }]);
  });
});
