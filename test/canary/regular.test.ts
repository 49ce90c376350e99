import { expect, it } from "vitest";
import { brokenModel } from "./broken-model.ts";
import { REGULAR_SERVICES, regularRequests } from "./regular-logs.ts";
import { startTrial } from "./trial.ts";

const START_MS = Date.UTC(2026, 0, 5, 8);

it.each(Object.entries(REGULAR_SERVICES))(
  "a detector that works does so where there is nothing but %s, and a broken one is found out there",
  async (_, body) => {
    const { canaries, feed, use, close } = await startTrial(START_MS);
    try {
      await feed(regularRequests(body, 2_000, START_MS));
      for (let run = 0; run < 3; run += 1) {
        await canaries.run();
        expect(canaries.status()).toMatchObject({ state: "well", recallRatio: 1, falseAlarmRatio: 0 });
      }
      await use(brokenModel("alike", 0));
      for (let run = 0; run < 2; run += 1) await canaries.run();
      expect(canaries.status()).toMatchObject({ state: "collapsed", recallRatio: 0 });
    } finally {
      await close();
    }
  },
);
