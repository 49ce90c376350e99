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
  ["pass", "12", true, true],
  ["pass", "12", false, false],
  ["pass", "834921", true, false],
  ["db.pass", "12", true, false],
  ["sig", "11", false, true],
  ["sig", "99999", false, false],
  ["otp", "26.2", false, true],
  ["otp", "481516", true, false],
  ["cvv", "123", true, false],
  ["pass", "hunter2", true, false],
])("of %j that is %j, beside counts: %j, it says that it only counts: %j", (name, value, beside, counts) => {
  expect(isCount(name, value, beside)).toBe(counts);
});
