/** Longest regular expression that a configuration may hold, in characters. */
const PATTERN_CHARACTERS_MAX = 512;
/** A repeated group whose inside is itself repeated, such as (a+)+: the classic way to exponential time. */
const NESTED_REPETITION = /[+*}]\??\)(?:[+*]|\{\d)/;

/**
 * What is wrong with a regular expression from the configuration, or undefined when it can be used.
 * Example: `"(a+)+"` gives "repeats a group that repeats …".
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (pattern.length > PATTERN_CHARACTERS_MAX) return `is longer than ${PATTERN_CHARACTERS_MAX} characters`;
  if (NESTED_REPETITION.test(pattern)) {
    return "repeats a group that repeats inside, such as (a+)+, which can take exponential time; write it without the outer repetition";
  }
  try {
    if (new RegExp(pattern, "u").test(""))
      return "matches the empty text; make at least one part of it required";
    return undefined;
  } catch {
    return "is no valid regular expression (JavaScript syntax, unicode mode)";
  }
}
