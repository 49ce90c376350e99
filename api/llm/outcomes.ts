import { LLM_FAILURES } from "../../store/llm.ts";

/** How asking about an anomaly ended, as it is counted. */
export const LLM_OUTCOMES = ["ok", ...LLM_FAILURES] as const;
/** One of them. */
export type LlmOutcome = (typeof LLM_OUTCOMES)[number];
