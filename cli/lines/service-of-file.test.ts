import { expect, it } from "vitest";
import { serviceOfFile } from "./service-of-file.ts";

it.each([
  ["/var/log/nginx/access.log.1", "access"],
  ["app.log", "app"],
  ["app.prod.log", "app.prod"],
  ["messages", "messages"],
  [".log", ".log"],
])("%s is of %s", (path, service) => {
  expect(serviceOfFile(path)).toBe(service);
});
