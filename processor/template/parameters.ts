const PLACEHOLDER = /<[A-Z*]+>/;

/** The raw text of each token that is, or holds, a variable part of the template, in order. */
export function parametersOf(template: readonly string[], raw: readonly string[]): string[] {
  return raw.filter((_, index) => PLACEHOLDER.test(template[index] ?? ""));
}
