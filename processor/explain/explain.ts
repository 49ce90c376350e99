import type { Explanation } from "../../store/anomaly.ts";
import type { Finding } from "../calibrate/verdict.ts";

/** One plain sentence and its facts, from the evidence alone: pure, under a millisecond, without raw parameters. */
export type Explain = (finding: Finding) => Explanation;
