import { hostname } from "node:os";
import { expect, test } from "vitest";
import { instanceOf, storeConfig } from "./config.ts";

const URL = "postgres://db.example/logbert";

test("a stage among others has the configured name, or its host's", () => {
  expect(instanceOf({ url: URL, instance: "logbert-1" })).toBe("logbert-1");
  const fromHost = instanceOf({ url: URL, instance: "" });
  expect(fromHost).toBe(hostname().replace(/[^A-Za-z0-9._-]/g, "-"));
  expect(storeConfig.safeParse({ instance: fromHost }).success).toBe(true);
});

test("the only stage of a SQLite file has the same name everywhere", () => {
  expect(instanceOf({ url: "", instance: "" })).toBe("logbert");
  expect(instanceOf({ url: "", instance: "logbert-1" })).toBe("logbert");
});

test.each(["with blank", "-begins", "ümlaut", 'quo"te', "line\nbreak", "a".repeat(129)])(
  "%j is no name of an instance",
  (instance) => {
    expect(storeConfig.safeParse({ instance }).success).toBe(false);
  },
);
