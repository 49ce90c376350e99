/** Training cannot begin or go on: why, and what to do. Nothing was written, and an old model stays. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly remedy: string;
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
