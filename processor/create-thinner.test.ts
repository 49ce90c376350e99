import { expect, it } from "vitest";
import { createThinner } from "./create-thinner.ts";
import { detectConfig } from "./detect/config.ts";
import { redactConfig } from "./redact/config.ts";
import { samplingConfig } from "./thin/config.ts";
import { windowConfig } from "./window/config.ts";
import { encodeRequest } from "./wire/encode.ts";
import { readRequest } from "./wire/read-request.ts";

const { records } = readRequest(
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: ["mail bob@example.com", "mail eve@example.com", "mail nobody"].map((body) => ({
        timeUnixNano: 1n,
        body,
      })),
    },
  ]),
);

function randomnessWith(redact: object): readonly unknown[] {
  const config = {
    sampling: samplingConfig.parse({ enabled: true }),
    window: windowConfig.parse({}),
    detect: detectConfig.parse({}),
    redact: redactConfig.parse(redact),
  };
  const judge = { service: () => undefined };
  const thinner = createThinner(config, { judge, onEarly: () => undefined, onMissed: () => undefined });
  const marks = thinner?.mark(records, ["rest", "rest", "rest"]).marks ?? [];
  return marks.map((own) => own.find(({ key }) => key === "sampling.randomness")?.value);
}

it("draws the share of what the next hop is shown: nothing of a redacted value can be computed from it", () => {
  expect(new Set(randomnessWith({})).size).toBe(3);
  const [bob, eve, nobody] = randomnessWith({ forward: true });
  expect(bob).toBe(eve);
  expect(bob).not.toBe(nobody);
});
