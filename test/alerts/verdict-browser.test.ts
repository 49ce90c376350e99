import { expect } from "vitest";
import { NOTHING, startApiUnderTest } from "../api/start-api.ts";
import { accessibilityProblems, chromium, launch, visit } from "../browser/chromium.ts";
import { testWith } from "../helpers/requirement.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { bodyOf, startReceiver } from "./receiver.ts";

testWith([chromium()], "a person follows a link in a message and presses its button", async ([path = ""]) => {
  const receiver = await startReceiver();
  const channel = {
    kind: "webhook",
    name: "ops",
    url: receiver.url,
    secret: "a secret of plain text",
    allow_private_addresses: true,
  };
  const publicUrl = "https://logbert.example";
  const under = await startApiUnderTest(
    {},
    { channels: [channel], public_url: publicUrl, gather_seconds: 0 },
  );
  const browser = await launch(path);
  try {
    await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(1, { timeMs: Date.now() })] });
    const [message] = await receiver.got(1);
    const link = (message && bodyOf(message).incident?.expectedUrl) ?? "";
    const { page, complaints } = await visit(browser, link.replace(publicUrl, `http://${under.api.address}`));
    await page.getByRole("heading", { name: "shop: expected?" }).waitFor();
    expect(await page.evaluate("getComputedStyle(document.body).maxWidth")).toBe("576px");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Say that it was expected" }).click();
    await page.getByText("it is stored").waitFor();
    expect(complaints).toEqual([]);
    expect(await under.stage.feedbackForIncidents([idOf(1)])).toMatchObject([
      { author: "link:ops", isTrueAnomaly: false },
    ]);
  } finally {
    await browser.close();
    await under.close();
    await receiver.close();
  }
});
