import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertsConfig } from "../../api/alerts/config.ts";
import { apiConfig } from "../../api/config.ts";
import { startApi } from "../../api/server.ts";
import { ApiStartError, startApiProcess } from "../../api/start-api-process.ts";
import { openStore } from "../../store/open-store.ts";
import { type ApiUnderTest, sendRaw, startApiUnderTest } from "./start-api.ts";

const PAGE = "<html>the page</html>";

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest();
  writeFileSync(join(dirname(under.path), "secret.js"), "secret");
});
afterAll(() => under.close());

describe("files from outside the UI are not handed out", () => {
  it.each([
    "/../secret.js",
    "/%2e%2e/secret.js",
    "/..%2fsecret.js",
    "/assets/../../secret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "/..\\secret.js",
    "//secret.js",
    "/secret.js",
    "/secret.js%00.html",
    "/assets/missing.js",
  ])("%s", async (target) => {
    expect((await under.raw(target)).status).toBe(404);
  });

  it("under a foreign host name nothing is", async () => {
    expect((await under.raw("/", { host: "evil.example" })).status).toBe(403);
  });
});

describe("the page", () => {
  it.each(["/", "/index.html", "/anomalies/01J", "/services?range=1h"])(
    "is served at %s, never kept",
    async (path) => {
      const { status, text, headers } = await under.raw(path);
      expect([status, text]).toEqual([200, PAGE]);
      expect(headers["cache-control"]).toBe("no-cache");
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    },
  );

  it("has its assets kept for good", async () => {
    const { text, headers } = await under.raw("/assets/app-1.js");
    expect(text).toBe("code()");
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("answers HEAD without a body", async () => {
    const response = await fetch(`http://${under.api.address}/`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it.each(["/", "/assets/app-1.js", "/missing.js", "/graphql", "/livez"])(
    "and all else comes with security headers: %s",
    async (path) => {
      const { headers } = await under.raw(path);
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  it("is no GraphQL explorer: a browser that opens /graphql gets no page that loads other people's programs", async () => {
    const { headers, text } = await under.raw("/graphql", { accept: "text/html" });
    expect(headers["content-type"]).not.toContain("text/html");
    expect(text).not.toContain("<script");
  });

  it("is missed kindly where it was not built", async () => {
    const bare = await startApiProcess({
      config: apiConfig.parse({ endpoint: "127.0.0.1:0" }),
      store: { path: under.path },
      version: "1",
      uiDirectory: join(dirname(under.path), "none"),
      onError: () => undefined,
    });
    const { status, text } = await sendRaw(bare.address, "/");
    expect([status, text]).toEqual([404, expect.stringContaining("npm run build:ui")]);
    await bare.stop();
  });
});

describe("the API's process", () => {
  it("does not start where it cannot listen, and says why", async () => {
    const failure = startApiProcess({
      config: apiConfig.parse({ endpoint: under.api.address }),
      store: { path: under.path },
      version: "1",
      uiDirectory: "none",
      onError: () => undefined,
    });
    await expect(failure).rejects.toThrow(ApiStartError);
    await expect(failure).rejects.toThrow(/api\.endpoint: cannot listen on .* \(EADDRINUSE\)/);
  });

  it("does not start over a file that is no database", async () => {
    const path = join(dirname(under.path), "secret.js");
    const failure = startApiProcess({
      config: apiConfig.parse({ endpoint: "127.0.0.1:0" }),
      store: { path },
      version: "1",
      uiDirectory: "none",
      onError: () => undefined,
    });
    await expect(failure).rejects.toThrow(ApiStartError);
  });

  it("stops though a peer does not answer that its connection is closed", { timeout: 15_000 }, async () => {
    const store = await openStore({ path: under.path });
    const api = await startApi({
      config: apiConfig.parse({ endpoint: "127.0.0.1:0" }),
      alerts: alertsConfig.parse({}),
      linkSecret: undefined,
      explainer: undefined,
      store,
      now: Date.now,
      instance: "logbert",
      version: "1",
      uiDirectory: "none",
      onWatched: () => undefined,
      onError: () => undefined,
    });
    const deaf = connect(Number(api.address.split(":")[1]), "127.0.0.1");
    deaf.write(
      "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(deaf, "data");
    // ws itself would wait for half a minute.
    await api.close();
    await store.close();
    deaf.destroy();
  });
});
