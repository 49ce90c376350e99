import { createContext, useContext, useSyncExternalStore } from "react";

/** Where a token is kept, if anywhere: for this tab, or for this device. */
interface Storages {
  readonly tab: Storage;
  readonly device: Storage;
}

/** With which token the page asks, and whether it may go on asking. */
export interface SessionSnapshot {
  readonly token: string | undefined;
  /** The API wants a token that it knows: the page asks for one. */
  readonly isSignedOut: boolean;
}

/** The page's token. */
export interface Session {
  current(): SessionSnapshot;
  /** @param isKept for this device instead of this tab */
  signIn(token: string, isKept: boolean): void;
  /** Forgets the token, here and where it was kept. */
  signOut(): void;
  /** The API has refused what was asked with this token; an answer to an earlier token changes nothing. */
  refuse(token: string | undefined): void;
  /** Calls the listener after each change; returns its removal. */
  subscribe(listener: () => void): () => void;
}

const KEY = "logbert-token";

/** A session that goes on with the token that was kept, if one was. */
export function createSession({ tab, device }: Storages): Session {
  let snapshot: SessionSnapshot = { token: read(tab) ?? read(device), isSignedOut: false };
  const listeners = new Set<() => void>();
  const change = (next: SessionSnapshot) => {
    snapshot = next;
    for (const listener of listeners) listener();
  };
  const forget = () => {
    write(tab, undefined);
    write(device, undefined);
    change({ token: undefined, isSignedOut: true });
  };
  return {
    current: () => snapshot,
    signIn(token, isKept) {
      write(tab, isKept ? undefined : token);
      write(device, isKept ? token : undefined);
      change({ token, isSignedOut: false });
    },
    signOut: forget,
    refuse(token) {
      if (token === snapshot.token && !snapshot.isSignedOut) forget();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A browser that may keep nothing (blocked site data) throws; the token then lives as long as the page. */
function read(storage: Storage): string | undefined {
  try {
    return storage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage: Storage, token: string | undefined): void {
  try {
    if (token === undefined) storage.removeItem(KEY);
    else storage.setItem(KEY, token);
  } catch {
    // See read.
  }
}

/** Where components find the page's session. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** The page's session, and its state kept current. Throws outside of a {@link SessionContext}. */
export function useSession(): Session & SessionSnapshot {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("this part of the page stands outside of SessionContext");
  return { ...session, ...useSyncExternalStore(session.subscribe, session.current) };
}
