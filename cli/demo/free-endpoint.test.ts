import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freeEndpoint } from "./free-endpoint.ts";

it("keeps a port that is free, and gives up one that is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? address?.port : undefined;
  expect(await freeEndpoint(`127.0.0.1:${port}`)).toBe("127.0.0.1:0");
  other.close();
  await once(other, "close");
  expect(await freeEndpoint(`127.0.0.1:${port}`)).toBe(`127.0.0.1:${port}`);
});
