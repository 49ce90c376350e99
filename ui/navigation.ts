import { useCallback, useMemo, useSyncExternalStore } from "react";

/** A link's or a page's wish to be elsewhere: `replace` leaves no step for the back button. */
export interface NavigateOptions {
  readonly replace?: boolean;
}

/** Goes to an address of this UI without loading the page anew. */
export function navigate(href: string, options: NavigateOptions = {}): void {
  if (options.replace === true) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  return () => window.removeEventListener("popstate", listener);
}

/** The address's path, kept current. */
export function usePathname(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

/** The address's query string, kept current, with its leading "?" where there is one. */
export function useQueryString(): string {
  return useSyncExternalStore(subscribe, () => window.location.search);
}

/** State that lives in the address: what is shown can be bookmarked and sent to a colleague. */
export function useQueryState(): readonly [
  URLSearchParams,
  (changes: Record<string, string | undefined>) => void,
] {
  const search = useQueryString();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback((changes: Record<string, string | undefined>) => {
    navigate(window.location.pathname + changedQuery(window.location.search, changes), { replace: true });
  }, []);
  return [parameters, change];
}

/**
 * A query string with some parameters set, and those set to undefined or "" removed.
 *
 * Example: ("?a=1&b=2", { a: undefined, c: "3" }) -> "?b=2&c=3"
 */
export function changedQuery(search: string, changes: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
