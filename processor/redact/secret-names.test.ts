import { expect, it } from "vitest";
import { isCount, isSecretName } from "./secret-names.ts";

it.each([
  "db.password",
  "pass",
  "jwt",
  "sig",
  "otp",
  "cvv",
  "psk",
  "smtp.pass",
  "dbPass",
  "dbpass",
  "user_otp",
  "bypass_token",
  "http.request.header.authorization",
  "enduser.token",
])("%j names a secret", (name) => {
  expect(isSecretName(name)).toBe(true);
});

it.each([
  "session.id",
  "compass",
  "bypass",
  "config",
  "passed",
  "eos_token_id",
  "gen_ai.usage.input_tokens",
  "user.id",
])("%j names none", (name) => {
  expect(isSecretName(name)).toBe(false);
});

it.each([
  ["pass", "12", true],
  ["sig", "11", true],
  ["otp", "26.2", true],
  ["otp", "481516", false],
  ["cvv", "123", false],
  ["pass", "hunter2", false],
])("of %j that is %j it says that it only counts: %j", (name, value, counts) => {
  expect(isCount(name, value)).toBe(counts);
});
