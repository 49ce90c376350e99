import { type Grounds, groundsOf } from "./grounds.ts";
import type { News } from "./releases.ts";
import type { Background, Contribution, Quieted, Verdict } from "./verdict.ts";

/** A verdict's numbers. */
type Judgement = Omit<Verdict, "contributions" | "background">;

/** A verdict that lists what contributed to it when somebody asks: of nearly all records nobody does. */
export class JudgedVerdict implements Verdict {
  readonly score: number;
  readonly pValue: number;
  readonly strength: number;
  readonly threshold: number;
  readonly isAnomaly: boolean;
  readonly quieted: Quieted | undefined;
  readonly news: News | undefined;
  readonly modelVersion: string;
  readonly background: Background | undefined;
  readonly grounds: Grounds;
  private listed: readonly Contribution[] | undefined;

  constructor(judgement: Judgement, grounds: Grounds, background?: Background) {
    this.score = judgement.score;
    this.pValue = judgement.pValue;
    this.strength = judgement.strength;
    this.threshold = judgement.threshold;
    this.isAnomaly = judgement.isAnomaly;
    this.quieted = judgement.quieted;
    this.news = judgement.news;
    this.modelVersion = judgement.modelVersion;
    this.background = background;
    this.grounds = grounds;
    this.listed = undefined;
  }

  get contributions(): readonly Contribution[] {
    this.listed ??= this.grounds.contributions(this.quieted?.floors);
    return this.listed;
  }
}

/** What a verdict stands on. */
export function groundsOfVerdict(verdict: Verdict): Grounds {
  return verdict instanceof JudgedVerdict
    ? verdict.grounds
    : groundsOf(verdict.contributions.map(({ evidence, place }) => ({ evidence, place })));
}
