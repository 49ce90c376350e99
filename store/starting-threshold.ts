/** What is shown for a service that nobody has computed a threshold for: the original program's start value. */
export const STARTING_THRESHOLD = 0.85;
