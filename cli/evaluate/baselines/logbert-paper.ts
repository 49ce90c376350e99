import { createKeyedRandom } from "../../../processor/learn/keyed-random.ts";
import type { DetectorUnderTest, FitContext, Scorer } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { readMaskedModel } from "./masked-model/masked-model.ts";
import { choosePlaces, hide } from "./masked-model/masked-row.ts";
import { openMaskedScorer } from "./masked-model/masked-scorer.ts";
import { trainMaskedModel } from "./masked-model/train-masked-model.ts";
import { createVocabulary, cutInPieces, TOKEN } from "./masked-model/vocabulary.ts";

/** The settings of LogBERT's program: the share of keys that are masked, and how many candidates count as expected. */
const HDFS = { maskedShare: 0.65, candidates: 6 };
const OTHERS = { maskedShare: 0.5, candidates: 15 };
/** Weight of the hypersphere's loss. */
const HYPERSPHERE = 0.1;
/** Six and a half epochs of HDFS. */
const STEPS_MAX = 800;
/** Directory of models/baselines. */
const GRAPHS = "log-keys";
/** Keeps the masks of scoring apart from what training draws. */
const SCORING_STREAM = 4;

/**
 * LogBERT as it was published (Guo, Yuan, Wu: LogBERT, IJCNN 2021), built again: a transformer over log keys that hides some
 * of them and tells which they were, and that draws the state of a first token, [DIST], towards a centre. Keys that training
 * has not seen are one unknown token, which is never among the expected. There is no token for the end of a sequence. A
 * unit's score is the share of its masked keys that are not among the g likeliest, with one draw of masks: what the
 * published rule compares with a ratio r.
 *
 * What differs: 64 wide with 2 layers, not 256 with 4, so that two processor cores train it in a minute, and at most 800
 * steps, without early stopping; sequences of more than 63 keys are cut, not their first 512 keys taken; and every unit is
 * scored with at least one masked key, where the published program leaves out sequences of fewer than 10 keys.
 *
 * @param stepsMax training steps, if the training part is large enough
 */
export function createLogbertPaper(stepsMax = STEPS_MAX): DetectorUnderTest {
  return {
    name: "logbert-paper",
    role: "published",
    isSeeded: true,
    assertReady: () => void readMaskedModel(GRAPHS),
    appliesTo: () => true,
    async fit(train, context) {
      const model = readMaskedModel(GRAPHS);
      const { maskedShare } = settingsOf(context);
      const vocabulary = createVocabulary(
        train.map(({ events }) => events),
        model.shape.words,
      );
      const piecesOf = ({ events }: Unit) =>
        cutInPieces(vocabulary.tokensOf(events), model.shape.positions - 1);
      const { weights } = await trainMaskedModel(model, {
        sequences: train.flatMap(piecesOf),
        words: vocabulary.size,
        maskedShare,
        pull: HYPERSPHERE,
        stepsMax,
        seed: context.seed,
      });
      const scorer = await openMaskedScorer(model, weights, vocabulary.size);
      return scorerOf(scorer, piecesOf, context);
    },
  };
}

function settingsOf({ set }: FitContext) {
  return set === "hdfs" ? HDFS : OTHERS;
}

function scorerOf(
  scorer: Awaited<ReturnType<typeof openMaskedScorer>>,
  piecesOf: (unit: Unit) => readonly Uint16Array[],
  context: FitContext,
): Scorer {
  const { maskedShare, candidates } = settingsOf(context);
  return {
    async score(units) {
      const rows = units.flatMap((unit, index) => {
        const random = createKeyedRandom(context.seed, SCORING_STREAM, unit.source.fromLine);
        return piecesOf(unit).map((piece) => ({
          unit: index,
          ...hide(piece, choosePlaces(piece.length, maskedShare, random)),
        }));
      });
      const undetected = await scorer.sums(rows, (logits, target) =>
        isUndetected(logits, target, candidates),
      );
      const sums = { masked: new Float64Array(units.length), undetected: new Float64Array(units.length) };
      for (const [index, { unit, at }] of rows.entries()) {
        sums.masked[unit] = (sums.masked[unit] ?? 0) + at.length;
        sums.undetected[unit] = (sums.undetected[unit] ?? 0) + (undetected[index] ?? 0);
      }
      return sums.undetected.map((count, unit) => count / Math.max(1, sums.masked[unit] ?? 0));
    },
    close: () => scorer.close(),
  };
}

/** 1 when what stood there is not among the likeliest candidates, else 0. */
function isUndetected(logits: Float32Array, target: number, candidates: number): 0 | 1 {
  if (target === TOKEN.unknown) return 1;
  const own = logits[target] ?? Number.NEGATIVE_INFINITY;
  let likelier = 0;
  for (const logit of logits) if (logit > own) likelier += 1;
  return likelier < candidates ? 0 : 1;
}
