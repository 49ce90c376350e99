/** A step of a stop that takes longer than this is left behind: whoever asked to stop must not wait for ever. */
const STEP_MS_MAX = 20_000;

/** Waits for a step of a stop, but not for ever; a failure or a step that does not end is told to `onFailure`. */
export async function inTime(
  step: Promise<unknown>,
  onFailure: (reason: unknown) => void,
  stepMsMax = STEP_MS_MAX,
): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it did not end within ${stepMsMax} ms`)), stepMsMax);
  try {
    await Promise.race([step, late]);
  } catch (reason) {
    onFailure(reason);
  } finally {
    clearTimeout(timer);
  }
}
