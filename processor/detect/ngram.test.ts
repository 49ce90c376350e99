import { describe, expect, it } from "vitest";
import { evidenceOf, freshWindow } from "../../test/helpers/detector-windows.ts";
import { createNgramDetector } from "./ngram.ts";

const session = (service: string) =>
  freshWindow(
    ["open", "read", "close"].map((template) => ({ template })),
    service,
  );
const surprise = async (detector: ReturnType<typeof createNgramDetector>, service: string) =>
  (await evidenceOf(detector, [session(service)])).at(-1)?.surprise ?? 0;

describe("the n-gram detector's memory", () => {
  it("keeps the services that its bound of contexts has room for, however many came and went before", async () => {
    // Each service has 6 contexts: there is room for two of them, which is as many as services are kept.
    const detector = createNgramDetector({ maxServices: 2, maxContextsTotal: 12 });
    for (let i = 0; i < 50; i++) detector.learn([session(`gone-${i}`)]);
    for (let i = 0; i < 20; i++) detector.learn([session("shop"), session("bank")]);
    expect(await surprise(detector, "shop")).toBeLessThan(0.5);
    expect(await surprise(detector, "bank")).toBeLessThan(0.5);
  });

  it("forgets the service that it was taught least recently when there are too many contexts", async () => {
    const detector = createNgramDetector({ maxContextsTotal: 12 });
    for (const service of ["old", "shop", "bank"]) detector.learn([session(service)]);
    expect(await surprise(detector, "old")).toBe(7);
    expect(await surprise(detector, "shop")).toBeLessThan(2);
  });
});

it("the n-gram detector tells what was left out, where it is surprised", async () => {
  const detector = createNgramDetector();
  for (let i = 0; i < 50; i++) detector.learn([session("shop")]);
  const hasty = freshWindow([{ template: "open" }, { template: "close" }]);
  const [first, second] = await evidenceOf(detector, [hasty]);
  expect(first?.order).toBeUndefined();
  expect(second?.order).toEqual({ times: 0, of: 50, skipped: "read" });
});
