import { expect, it } from "vitest";
import { rememberConfig } from "./remember/config.ts";
import { retentionOf } from "./stage-timers.ts";

it("deletes from whole milliseconds on, whatever part of a day is kept", () => {
  const config = rememberConfig.parse({ retention_days: 7 / 3, labelled_retention_days: 10.123_456_789 });
  expect(retentionOf(config, 1.7e12)).toMatchObject({
    beforeMs: 1.7e12 - 201_600_000,
    labelledBeforeMs: 1.7e12 - 874_666_667,
  });
});
