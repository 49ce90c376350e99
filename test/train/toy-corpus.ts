import type { Corpus } from "../../processor/learn/corpus.ts";
import { createCorpusBuilder } from "../../processor/learn/corpus-builder.ts";
import { createKeyedRandom } from "../../processor/learn/keyed-random.ts";

/** A language in which every event but the first of a session tells the next one: a ring of eight, from "start". */
export const TOY_TEMPLATES = [
  "start of a session",
  "user logs in",
  "query is parsed",
  "index is opened",
  "rows are read",
  "cache is filled",
  "answer is sent",
  "user logs out",
] as const;

/** Sessions of the toy language, of 3 to 15 events, with known begins and ends; or of another one with another `ring`. */
export function toyCorpus(
  sessions = 300,
  services: readonly string[] = ["toy"],
  ring: readonly string[] = TOY_TEMPLATES,
): Corpus {
  const builder = createCorpusBuilder();
  const random = createKeyedRandom(11);
  for (let session = 0; session < sessions; session += 1) {
    for (const service of services) {
      const length = 3 + random.below(13);
      const templates = Uint16Array.from({ length }, (_, i) => {
        const place = i % ring.length;
        return builder.templateOf(service, String(place), ring[place] ?? "") ?? 0;
      });
      builder.add(
        service,
        {
          templates,
          severities: new Uint8Array(length).fill(3),
          gaps: new Float32Array(length),
          parameters: undefined,
          begins: true,
          ends: true,
        },
        session,
      );
    }
  }
  return builder.build();
}
