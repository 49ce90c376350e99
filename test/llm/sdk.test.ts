import { GoogleGenerativeAI } from "@google/generative-ai";
import { expect, it } from "vitest";
import { ANSWER, FORMATS, startModelServer } from "./model-server.ts";
import { freshStore, startExplaining } from "./start-explaining.ts";

const [gemini] = FORMATS;
if (gemini === undefined) throw new Error("no format");

it("Gemini is sent what Google's SDK sends", async () => {
  const [server, store] = await Promise.all([startModelServer(), freshStore()]);
  server.reply(() => gemini.writes(JSON.stringify(ANSWER)));
  const { explain, explainer } = await startExplaining(store, gemini.settings(server.url));
  await explain();
  const [ours] = server.asked;
  const model = new GoogleGenerativeAI("key_of_gemini").getGenerativeModel(
    { model: "gemini-3.5-flash-lite" },
    { baseUrl: server.url },
  );
  const { response } = await model.generateContent(JSON.parse(ours?.body ?? ""));
  const theirs = server.asked.at(-1);
  expect(server.asked).toHaveLength(2);
  const told = [ours, theirs].map((one) => ({
    path: one?.path,
    key: one?.headers["x-goog-api-key"],
    type: one?.headers["content-type"],
    body: JSON.parse(one?.body ?? ""),
  }));
  // It writes down as well that there are none of these.
  const safetySettings: readonly unknown[] = [];
  expect(told[1]).toEqual({ ...told[0], body: { ...told[0]?.body, safetySettings } });
  // The model server's answers are such as the SDK can read; its reading leaves thoughts in.
  expect(response.text()).toContain(ANSWER.summary);
  explainer.close();
  await Promise.all([server.close(), store.close()]);
});
