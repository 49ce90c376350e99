import { describe, expect, it } from "vitest";
import { limitsFor } from "./budget.ts";
import { askedBy, explainerConfig, hideExplainerSecrets, meantBy, missingForAsking } from "./config.ts";

const LOCAL = { provider: "openai-compatible", base_url: "http://127.0.0.1:11434/v1/", model: "llama3.2:3b" };
const problems = (settings: object) =>
  explainerConfig.safeParse(settings).error?.issues.map(({ path, message }) => `${path}: ${message}`) ?? [];

describe("the language model of a configuration", () => {
  it("is none by default, and Gemini where there is a key", () => {
    expect(askedBy(explainerConfig.parse({}))).toBeUndefined();
    expect(askedBy(explainerConfig.parse({ model: "gemini-3.5-pro" }))).toBeUndefined();
    expect(askedBy(explainerConfig.parse({ google_api_key: "k" }))).toEqual({
      provider: "gemini",
      model: "gemini-3.5-flash-lite",
      baseUrl: "",
      sendsValues: false,
    });
    expect(askedBy(explainerConfig.parse({ google_api_key: "k", ...LOCAL }))).toMatchObject({
      provider: "openai-compatible",
      model: "llama3.2:3b",
    });
    expect(askedBy(explainerConfig.parse({ google_api_key: "k", provider: "off" }))).toBeUndefined();
  });

  it("is known without its key, which is needed to ask only", () => {
    const gemini = explainerConfig.parse({ provider: "gemini" });
    expect(missingForAsking(gemini)).toContain("set GOOGLE_API_KEY");
    expect(missingForAsking({ ...gemini, google_api_key: "k" })).toBeUndefined();
    const withKey = explainerConfig.parse({ google_api_key: "k" });
    expect(meantBy(explainerConfig.parse({}))).toEqual(askedBy(withKey));
    expect(meantBy(gemini)).toEqual(askedBy(withKey));
    expect(meantBy(explainerConfig.parse({ provider: "off" }))).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ provider: "openai-compatible", model: "m" }, "base_url: is needed here"],
    [{ ...LOCAL, model: "" }, "model: is needed here"],
    [{ google_api_key: "k", base_url: "http://127.0.0.1:1" }, "provider: say whose"],
    [{ ...LOCAL, base_url: "ftp://host" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "https://user:secret@host/v1" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "https://host/v1?key=secret" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "http://host/v1?" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "http://host/v1#" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "http://@host/v1" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "http://host/v 1" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, base_url: "http:host" }, "base_url: must be an http or https address"],
    [{ ...LOCAL, api_key: "two words" }, "api_key: must be of ASCII"],
    [{ ...LOCAL, api_key: 12 }, "api_key: must be text"],
    [{ ...LOCAL, model: "a b" }, "model: must be the name of a model"],
    [{ calls_per_hour: -1 }, "calls_per_hour:"],
  ])("%j is refused, without its secrets", (settings, message) => {
    const [first = ""] = problems(settings);
    expect(first).toContain(message);
    expect(first).not.toMatch(/secret|two words/);
  });

  it("is asked at its address without what stands around it", () => {
    const { base_url: baseUrl } = explainerConfig.parse({ ...LOCAL, base_url: " http://host/v1/\n" });
    expect(baseUrl).toBe("http://host/v1");
  });

  it("is printed without keys", () => {
    const config = explainerConfig.parse({ ...LOCAL, google_api_key: "g-key", api_key: "o-key" });
    expect(JSON.stringify(hideExplainerSecrets(config))).not.toMatch(/[go]-key/);
    expect(hideExplainerSecrets(explainerConfig.parse({})).api_key).toBe("");
  });

  it("may be asked unbidden for half of what people may ask it", () => {
    const config = explainerConfig.parse({ calls_per_hour: 5 });
    expect(limitsFor("person", config).map(({ max }) => max)).toEqual([10, 5]);
    expect(limitsFor("automatic", config).map(({ max }) => max)).toEqual([5, 2]);
  });
});
