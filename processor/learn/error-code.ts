/** What the system calls an error, such as "ENOSPC"; the error itself as text where it has no such name. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
