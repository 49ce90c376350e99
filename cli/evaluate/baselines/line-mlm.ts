import type { DetectorUnderTest, Scorer } from "../detector-under-test.ts";
import { readMaskedModel } from "./masked-model/masked-model.ts";
import { hide } from "./masked-model/masked-row.ts";
import { type MaskedScorer, openMaskedScorer } from "./masked-model/masked-scorer.ts";
import { trainMaskedModel } from "./masked-model/train-masked-model.ts";
import { createVocabulary, cutInPieces } from "./masked-model/vocabulary.ts";
import { scoreEach } from "./score-units.ts";

/** BERT's own (Devlin et al., NAACL 2019). */
const MASKED_SHARE = 0.15;
/** The loss of the training part falls little from there on. */
const STEPS_MAX = 400;
/** Directory of models/baselines. */
const GRAPHS = "words";
/** A placeholder as it is, or a run of letters or of digits. */
const WORD = /<[^<>\s]*>|\p{L}+|\p{N}+/gu;

/**
 * A plain masked language model of single lines, which knows nothing of sequences: trained on the templates of the training
 * part's records, as often as they come; a line's oddness is its pseudo-perplexity (Salazar et al.: Masked Language Model
 * Scoring, ACL 2020), each word hidden once. A unit's score is that of its oddest line, because one line is enough to make a
 * unit anomalous; as the mean surprise of a word in nats, the logarithm of the pseudo-perplexity, which orders alike. Words
 * that training has not seen are one unknown token, which training never had to tell. Lines of more than 31 words are cut.
 *
 * @param stepsMax training steps, if the training part is large enough
 */
export function createLineMlm(stepsMax = STEPS_MAX): DetectorUnderTest {
  return {
    name: "line-mlm",
    role: "published",
    isSeeded: true,
    assertReady: () => void readMaskedModel(GRAPHS),
    appliesTo: () => true,
    async fit(train, { templates, seed }) {
      const model = readMaskedModel(GRAPHS);
      const texts = new Set(train.flatMap(({ events }) => [...new Set(events)]));
      const wordsByEvent = new Map([...texts].map((event) => [event, wordsOf(templates[event] ?? "")]));
      const vocabulary = createVocabulary(wordsByEvent.values(), model.shape.words);
      const piecesOf = (words: readonly string[]) =>
        cutInPieces(vocabulary.tokensOf(words), model.shape.positions - 1);
      const linesByEvent = new Map([...wordsByEvent].map(([event, words]) => [event, piecesOf(words)]));
      const { weights } = await trainMaskedModel(model, {
        sequences: train.flatMap(({ events }) => events.flatMap((event) => linesByEvent.get(event) ?? [])),
        words: vocabulary.size,
        maskedShare: MASKED_SHARE,
        pull: 0,
        stepsMax,
        seed,
      });
      return scorerOf(await openMaskedScorer(model, weights, vocabulary.size), piecesOf);
    },
  };
}

function wordsOf(template: string): readonly string[] {
  return template.toLowerCase().match(WORD) ?? [];
}

function scorerOf(
  scorer: MaskedScorer,
  piecesOf: (words: readonly string[]) => readonly Uint16Array[],
): Scorer {
  const known = new Map<string, number>();
  const oddnessOf = async (template: string): Promise<number> => {
    const rows = piecesOf(wordsOf(template)).flatMap((piece) =>
      Array.from(piece, (_, place) => hide(piece, [place])),
    );
    const surprises = await scorer.sums(rows, surpriseOf);
    return surprises.reduce((sum, surprise) => sum + surprise, 0) / Math.max(1, rows.length);
  };
  return {
    async score(units, templates) {
      const used = new Set(units.flatMap(({ events }) => [...new Set(events)]));
      for (const text of new Set([...used].map((event) => templates[event] ?? "")))
        if (!known.has(text)) known.set(text, await oddnessOf(text));
      return await scoreEach(units, ({ events }) =>
        events.reduce((most, event) => Math.max(most, known.get(templates[event] ?? "") ?? 0), 0),
      );
    },
    close: () => scorer.close(),
  };
}

/** -ln of the probability of what stood there. */
function surpriseOf(logits: Float32Array, target: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  return highest + Math.log(total) - (logits[target] ?? 0);
}
