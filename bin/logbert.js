#!/usr/bin/env node
// Runs on any Node: says what is missing before a newer syntax or a native library would crash without a message.
import { existsSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `logbert needs Node >= 22.18, this is ${process.versions.node}. ` +
      "In a checkout run it through npm (npm start, npx logbert …), which brings its own Node; elsewhere install a newer Node.\n",
  );
  process.exit(2);
}
// What V8 makes of the sources is kept for the next start, which is then faster by a second: in a directory of the user's own,
// because who writes there runs code here. Where there is none, or it cannot be written, nothing is kept. Processes and threads
// that are started later inherit the setting.
const { HOME, XDG_CACHE_HOME = HOME && join(HOME, ".cache") } = process.env;
if (XDG_CACHE_HOME) process.env.NODE_COMPILE_CACHE ??= join(XDG_CACHE_HOME, "logbert");
if (process.env.NODE_COMPILE_CACHE) module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
// ONNX Runtime would tell Microsoft about its machine and its models. It is asked once, when it is loaded, and threads cannot change
// what it reads.
process.env.ORT_DISABLE_TELEMETRY = "1";
// Reading the program takes a while. A stop that comes meanwhile ends what has begun nothing yet as a stop ends it later: with 0.
// The command takes the signals over (cli/stop-signal.ts).
if (["serve", "demo"].includes(process.argv[2])) {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
  // The configuration is read later anyway (cli/hang-ups.ts).
  if (process.argv[2] === "serve" && !process.stdin.isTTY) process.on("SIGHUP", () => undefined);
}
const source = new URL("../cli/logbert.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/cli/logbert.js", import.meta.url).href);
