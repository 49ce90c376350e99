/** Longest regular expression that a configuration may hold, in characters. */
const PATTERN_CHARACTERS_MAX = 512;
/** A repeated group whose inside is itself repeated, such as (a+)+: the classic way to exponential time. */
const NESTED_REPETITION = /[+*}]\??\)(?:[+*]|\{\d)/;

/** A repeated choice, such as (a|b)+. */
const REPEATED_CHOICE = /\((?:\?:|\?<\w+>)?([^()]*\|[^()]*)\)(?:[+*]|\{\d+,)/g;
/** What an alternative begins with: an escape, a class or a character. */
const FIRST_PART = /^(?:\\(?:[pPu]\{[^}]*\}|.)|\[(?:\\.|[^\]])*\]|[^\\[\]^$|?*+(){}])/u;
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

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
    if (hasAmbiguousChoice(pattern))
      return "repeats a choice of which two parts may begin alike, such as (a|aa)+, which can take exponential time; write it as one class or with different beginnings";
    if (new RegExp(pattern, "u").test(""))
      return "matches the empty text; make at least one part of it required";
    return undefined;
  } catch {
    return "is no valid regular expression (JavaScript syntax, unicode mode)";
  }
}

/** Whether a text can be read in several ways by one repeated choice. */
function hasAmbiguousChoice(pattern: string): boolean {
  return [...pattern.matchAll(REPEATED_CHOICE)].some(([, choice = ""]) => {
    const begins = choice
      .split("|")
      .map((one) => FIRST_PART.exec(one)?.[0])
      .filter((first) => first !== undefined)
      .map((first) => new RegExp(`^${first}$`, "su"));
    return ASCII.some((character) => begins.filter((begin) => begin.test(character)).length > 1);
  });
}
