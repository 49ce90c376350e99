import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Threads read what Node made of the sources instead of stripping types anew. They start faster, and V8 ends no process: it does
// now and then where many threads come and go that each load the stripper's WebAssembly (nodejs/node#64500).
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url));
// As bin/logbert.js does, for tests that load the model themselves.
process.env["ORT_DISABLE_TELEMETRY"] = "1";

/** A condition is waited for nearly as long as a test may take, so that one that waits in vain says for what. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 110_000 } } };
/** Two files at a time: their tests wait for other processes most of the time. */
const twoAtATime = { ...patient, maxWorkers: 2, sequence: { groupOrder: 1 } };

/**
 * unit: beside the code, no sockets, no child processes. system: real components, from the outside. browser: the page in a real
 * Chromium. postgres: what holds of every database, on PostgreSQL, and what holds of that one alone.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{processor,store,api,cli,ui}/**/*.test.ts"],
          // They leave nothing behind them: what one file has loaded, the next one in its process has, too.
          isolate: false,
          testTimeout: 30_000,
          expect: { poll: { timeout: 25_000 } },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: ["test/browser/**", "test/postgres/**"],
          ...twoAtATime,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/global-setup.ts",
          ...twoAtATime,
        },
      },
      {
        test: {
          name: "postgres",
          include: ["test/postgres/**/*.test.ts", "test/store-contract/*-contract.test.ts"],
          globalSetup: "test/postgres/global-setup.ts",
          setupFiles: "test/postgres/skip-without-postgres.ts",
          ...twoAtATime,
        },
      },
    ],
  },
});
