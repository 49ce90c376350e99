import { parseArgs } from "node:util";
import { mulberry32 } from "../../processor/learn/mulberry32.ts";
import { killUnderLoad } from "./kill-under-load.ts";

/** `npm run faults -- --kills 50 --seed 1`: the long form of kills.test.ts. Prints what became of every record; exit 1 when one was lost, doubled or out of order. */
const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, seed: { type: "string", default: "1" } },
});
const report = await killUnderLoad(Number(values.kills), mulberry32(Number(values.seed)), {
  onKill: (kill) => process.stderr.write(`kill ${kill} of ${values.kills}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const faults = [report.lost, report.doubled, report.disordered].some((records) => records.length > 0);
process.exit(faults || report.refused > 0 ? 1 : 0);
