import { spawnSync } from "node:child_process";
import { verdictOf } from "./audit-verdict.ts";

// `npm run audit`: asks the registry for known weaknesses of all that is installed: also of what npm calls tools, because React and
// others of them are bundled into the page, and the rest runs where logbert is built. Fails on grave ones; a registry that does not
// answer the question, as many mirrors do not, is said and fails nothing.
const { stdout } = spawnSync("npm", ["audit", "--include=dev", "--json"], { encoding: "utf8" });
const { kind, text } = verdictOf(stdout);
process.stderr.write(`audit: ${text}\n`);
process.exitCode = kind === "weak" ? 1 : 0;
