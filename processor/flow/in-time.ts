/** A step of a stop that takes longer than this is left behind: whoever asked to stop must not wait for ever. */
const STEP_MS_MAX = 20_000;

/** Work, or what begins it and is told how to say that it goes on. */
type Step = Promise<unknown> | ((goesOn: () => void) => Promise<unknown>);

/**
 * Waits for a step of a stop, but not for ever; a failure or a step that does not end is told to `onFailure`.
 * @param stepMsMax from its beginning, or from when it has last said that it goes on
 */
export async function inTime(
  step: Step,
  onFailure: (reason: unknown) => void,
  stepMsMax = STEP_MS_MAX,
): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it did not end within ${stepMsMax} ms`)), stepMsMax);
  try {
    await Promise.race([typeof step === "function" ? step(() => void timer.refresh()) : step, late]);
  } catch (reason) {
    onFailure(reason);
  } finally {
    clearTimeout(timer);
  }
}
