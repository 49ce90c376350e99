import { describe, expect, test } from "vitest";
import {
  advance,
  countDecisions,
  type LabelDecision,
  type LabellingSession,
  type Queued,
  startSession,
} from "./labelling-session.ts";

const item = (id: string): Queued => ({ anomaly: { id } });
const ids = (items: readonly Queued[]) => items.map(({ anomaly }) => anomaly.id).join("");
const fetched = (session: LabellingSession<Queued>, names: string) =>
  advance(session, { kind: "fetched", items: [...names].map(item) });
const decide = (session: LabellingSession<Queued>, id: string, decision: LabelDecision) =>
  advance(session, {
    kind: "decided",
    step: { item: item(id), decision, feedbackId: decision === "skipped" ? undefined : `f-${id}` },
  });

describe("a labelling session", () => {
  test("knows an empty queue from one that is not there yet", () => {
    expect(startSession()).toMatchObject({ queue: [], isLoaded: false });
    expect(fetched(startSession(), "")).toMatchObject({ queue: [], isLoaded: true });
  });

  test("what was decided is gone, and does not come back with the next page", () => {
    let session = fetched(startSession(), "abc");
    session = decide(session, "a", "real");
    session = decide(session, "b", "skipped");
    expect(ids(session.queue)).toBe("c");
    expect(ids(fetched(session, "bcad").queue)).toBe("cd");
  });

  test("a page that comes in another order moves nothing", () => {
    expect(ids(fetched(fetched(startSession(), "abc"), "dcba").queue)).toBe("abcd");
  });

  test("what is taken back is the card again, and only that", () => {
    let session = decide(decide(fetched(startSession(), "abc"), "a", "real"), "b", "expected");
    session = advance(session, { kind: "taken-back", id: "b" });
    expect(ids(session.queue)).toBe("bc");
    expect(session.steps).toMatchObject([{ item: item("a"), feedbackId: "f-a" }]);
    expect(advance(session, { kind: "taken-back", id: "b" })).toBe(session);
  });

  test("what was passed over comes again when it is asked for, behind the rest", () => {
    let session = fetched(startSession(), "abc");
    session = decide(decide(session, "a", "skipped"), "b", "real");
    session = advance(session, { kind: "skips-forgotten" });
    expect(ids(session.queue)).toBe("ca");
    expect(ids(session.steps.map(({ item: one }) => one))).toBe("b");
  });

  test("counts what was decided", () => {
    const session = decide(decide(fetched(startSession(), "ab"), "a", "real"), "b", "skipped");
    expect(countDecisions(session.steps)).toEqual({ real: 1, expected: 0, skipped: 1 });
  });
});
