/** One detector's part in a verdict. */
export interface DetectorContribution {
  readonly detector: string;
  readonly pValue: number;
  /** Share of this detector in the verdict, 0 to 1; the shares of one explanation add up to 1. */
  readonly share: number;
}
