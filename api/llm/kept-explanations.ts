import { LRUCache } from "lru-cache";
import { isAnswer, type LlmExplanation, type LlmStore } from "../../store/llm.ts";

/** What is held in memory: of so many keys, and what tells that nothing was sent for so long. */
const HELD_MAX = 1_000;
const UNSENT_HELD_MS = 3_600_000;

/** What became of questions: what was sent is stored, what was not or could not be stored is held by this process. */
export interface KeptExplanations {
  /** In any order; those that were never asked about are left out. */
  read(keys: readonly string[]): Promise<readonly LlmExplanation[]>;
  /** Never rejects: what cannot be stored at the second try either has been paid for, and is held. */
  keep(explanation: LlmExplanation): Promise<void>;
}

/** None at first, but for what is in the store. */
export function createKeptExplanations(
  store: Pick<LlmStore, "llmExplanations" | "saveLlmExplanation">,
  onError: (error: unknown) => void,
): KeptExplanations {
  const held = new LRUCache<string, LlmExplanation>({ max: HELD_MAX });
  return {
    async read(keys) {
      const stored = new Map((await store.llmExplanations(keys)).map((one) => [one.key, one]));
      return keys.flatMap((key) => shownOf(stored.get(key), held.get(key)) ?? []);
    },
    async keep(explanation) {
      const { key, prompt } = explanation;
      if (prompt === undefined) {
        // A paid answer is not given up for it.
        if (held.peek(key)?.prompt === undefined) held.set(key, explanation, { ttl: UNSENT_HELD_MS });
        return;
      }
      try {
        await store.saveLlmExplanation(explanation).catch(() => store.saveLlmExplanation(explanation));
        held.delete(key);
      } catch (error) {
        held.set(key, explanation);
        onError(error);
      }
    },
  };
}

/** An answer before a failure, else what is held, which is later by this process's doing; what was sent before is shown with it. */
function shownOf(
  stored: LlmExplanation | undefined,
  held: LlmExplanation | undefined,
): LlmExplanation | undefined {
  if (stored === undefined || held === undefined) return held ?? stored;
  if (isAnswer(held.outcome)) return held;
  if (isAnswer(stored.outcome)) return stored;
  return { ...held, prompt: held.prompt ?? stored.prompt };
}
