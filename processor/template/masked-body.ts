/** What stands for a variable part that has no type of its own. */
export const WILDCARD = "<*>";

/** A body cut at white space, its variable parts replaced by typed placeholders. */
export interface MaskedBody {
  /** Example: ["Receiving", "block", "blk_<NUM>", "src:", "/<IP>"]. */
  readonly tokens: readonly string[];
  /** The raw text of each token, at the same index. */
  readonly raw: readonly string[];
}

/** Whether a masked token is nothing but a variable part. */
export function isVariable(token: string): boolean {
  return token.charCodeAt(0) === 60 && /^<[A-Z_*]+>$/.test(token);
}

const PLACEHOLDER = /<[A-Z_*]+>/;

/** Whether a masked token is, or holds, a variable part. */
export function holdsVariable(token: string): boolean {
  return PLACEHOLDER.test(token);
}
