import { expect, it } from "vitest";
import { findingsOf, parsedOf } from "../test/helpers/thinning-stream.ts";
import { createThinner, type ThinnerPorts } from "./create-thinner.ts";
import { detectConfig } from "./detect/config.ts";
import { receiveConfig } from "./receive/config.ts";
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

function thinnerWith(
  { sampling = {}, redact = {}, receive = {} }: { sampling?: object; redact?: object; receive?: object },
  onEarly: ThinnerPorts["onEarly"] = () => undefined,
) {
  const config = {
    sampling: samplingConfig.parse({ enabled: true, ...sampling }),
    window: windowConfig.parse({}),
    detect: detectConfig.parse({}),
    redact: redactConfig.parse(redact),
    receive: receiveConfig.parse(receive),
  };
  const judge = { service: () => undefined };
  const thinner = createThinner(config, { judge, onEarly, onMissed: () => undefined });
  if (thinner === undefined) throw new Error("it is enabled");
  return thinner;
}

async function randomnessWith(redact: object): Promise<readonly unknown[]> {
  const { marks } = await thinnerWith({ redact }).mark(
    records,
    ["rest", "rest", "rest"],
    async () => undefined,
  );
  return marks.map((own) => own.find(({ key }) => key === "sampling.randomness")?.value);
}

it("draws the share of what the next hop is shown: nothing of a redacted value can be computed from it", async () => {
  expect(new Set(await randomnessWith({})).size).toBe(3);
  const [bob, eve, nobody] = await randomnessWith({ forward: true });
  expect(bob).toBe(eve);
  expect(bob).not.toBe(nobody);
});

it("lets wait no more than half of what may come in, else nothing could come that it waits for", async () => {
  const early: number[] = [];
  const { thinning } = thinnerWith(
    { sampling: { hold_ms: 60_000, context_records: 1 }, receive: { max_in_flight_bytes: 65_536 } },
    (_, count) => early.push(count),
  );
  const hold = (stream: string) => {
    const normal = ["first", "second"].map(() => ({ stream, opinion: "normal" as const }));
    const request = { records: 2, bytes: 20_000, parsed: parsedOf(normal) };
    return thinning.enter(request).judged({ findings: findingsOf(normal), isReliable: () => true });
  };
  const first = hold("a");
  void hold("b");
  // Of the first one of a stream it is not known what came before it.
  expect(await first).toEqual(["unknown", "unknown"]);
  expect([early, thinning.heldBytes]).toEqual([[1], 20_000]);
  thinning.stop();
});
