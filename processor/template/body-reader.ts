import type { Cluster } from "./cluster.ts";
import { type CutBody, cutBody, type MaskLimits, phrasesOf } from "./mask.ts";
import type { Phrases } from "./mask-phrases.ts";
import { createTokenMasks } from "./token-masks.ts";

/** Forms of tokens that are remembered. */
const FORMS_MAX = 16_384;
/** Masked bodies that are remembered, and the characters in them; when there are more, all are forgotten. A character takes up to 14
 * bytes in the shortest tokens that there are. */
const BODIES_MAX = 8_192;
const CHARACTERS_MAX = 2 ** 20;
/** Longer ones are not remembered: they hardly ever come twice. */
const BODY_CHARACTERS_MAX = 1_024;

/** What is known of bodies that read alike once they are masked. */
export interface KnownBody extends Phrases {
  /** The template that they belonged to, as long as `revision` is still that of the templates. */
  cluster: Cluster | undefined;
  revision: number;
}

/** A body, read. */
export interface ReadBody {
  readonly known: KnownBody;
  /** Its tokens as they came, of which `known.spans` tells how many each masked one stands for. */
  readonly raw: readonly string[];
}

/** Cuts and masks bodies, of which most read like one before. */
export function createBodyReader(limits: MaskLimits): (body: string) => ReadBody {
  const mask = createTokenMasks(FORMS_MAX);
  const bodies = new Map<string, KnownBody>();
  let characters = 0;

  const knownOf = (cut: CutBody): KnownBody => {
    const key = (cut.isCut ? "\n" : "") + cut.tokens.join(" ");
    const known = bodies.get(key);
    if (known !== undefined) return known;
    const read: KnownBody = { ...phrasesOf(cut), cluster: undefined, revision: -1 };
    if (key.length > BODY_CHARACTERS_MAX) return read;
    if (bodies.size >= BODIES_MAX || characters > CHARACTERS_MAX) {
      bodies.clear();
      characters = 0;
    }
    characters += key.length;
    // Cloned, because a token that is cut out of a body keeps the whole body in memory.
    const added = structuredClone({ key, read });
    bodies.set(added.key, added.read);
    return added.read;
  };

  return (body) => {
    const cut = cutBody(body, limits, mask);
    return { known: knownOf(cut), raw: cut.raw };
  };
}
