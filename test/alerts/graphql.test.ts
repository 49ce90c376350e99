import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type ApiUnderTest, startApiUnderTest } from "../api/start-api.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;
let under: ApiUnderTest;
beforeAll(async () => {
  receiver = await startReceiver();
  const channels = ["slack", "teams", "webhook"].map((kind) => ({
    kind,
    name: `to-${kind}`,
    url: `${receiver.url}/${kind}`,
    allow_private_addresses: true,
    ...(kind === "webhook" ? { secret: "a secret of plain text" } : {}),
  }));
  under = await startApiUnderTest({}, { channels });
});
afterAll(async () => {
  await under.close();
  await receiver.close();
});

const channels = async () => {
  const { data } = await under.ask(
    "{ alertChannels { name kind lastSentAt failingSince lastError waiting heldBack putAside } }",
  );
  const shown = z.object({
    alertChannels: z.array(z.looseObject({ name: z.string(), lastSentAt: z.string().nullable() })),
  });
  return shown.parse(data).alertChannels;
};

it("a test message goes to each kind of channel, and the channels tell that it came", async () => {
  const idle = {
    lastSentAt: null,
    failingSince: null,
    lastError: null,
    waiting: 0,
    heldBack: 0,
    putAside: 0,
  };
  expect(await channels()).toEqual([
    { name: "to-slack", kind: "SLACK", ...idle },
    { name: "to-teams", kind: "TEAMS", ...idle },
    { name: "to-webhook", kind: "WEBHOOK", ...idle },
  ]);
  for (const kind of ["slack", "teams", "webhook"])
    expect((await under.ask(`mutation { sendTestAlert(channel: "to-${kind}") }`)).data).toEqual({
      sendTestAlert: true,
    });
  const bodies = (await receiver.got(3)).map(({ body }) => body);
  for (const sign of ['"blocks":', '"AdaptiveCard"', '"type":"test"'])
    expect(bodies.filter((body) => body.includes(sign))).toHaveLength(1);
  await waitFor("all to be noted", async () =>
    (await channels()).every(({ lastSentAt }) => lastSentAt !== null) ? true : undefined,
  );
});

it("a channel that is not there is NOT_FOUND", async () => {
  expect(await under.codeOf('mutation { sendTestAlert(channel: "none") }')).toBe("NOT_FOUND");
});
