import { beforeEach, describe, expect, test, vi } from "vitest";
import { createSession } from "./session.ts";

/** What a browser keeps. */
function storage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: (index) => [...items.keys()][index] ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  };
}

let tab: Storage;
let device: Storage;
beforeEach(() => {
  tab = storage();
  device = storage();
});

/** A page that is opened anew, in the same tab or another. */
const reopened = (inTab = tab) => createSession({ tab: inTab, device }).current();

describe("a token that is refused", () => {
  test("is forgotten everywhere, and the page asks for another", () => {
    createSession({ tab, device }).signIn("kept", true);
    const session = createSession({ tab, device });
    expect(session.current()).toEqual({ token: "kept", isSignedOut: false });
    session.refuse("kept");
    expect(session.current()).toEqual({ token: undefined, isSignedOut: true });
    expect(reopened().token).toBeUndefined();
  });

  test("is not the one that has replaced it meanwhile", () => {
    const session = createSession({ tab, device });
    session.refuse(undefined);
    session.signIn("new", false);
    session.refuse(undefined);
    session.refuse("old");
    expect(session.current()).toEqual({ token: "new", isSignedOut: false });
  });
});

test("a browser that keeps nothing loses the token with the page, not before", () => {
  const broken: Storage = {
    ...storage(),
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
    removeItem: () => {
      throw new Error("denied");
    },
  };
  const session = createSession({ tab: broken, device: broken });
  session.signIn("mine", true);
  expect(session.current()).toEqual({ token: "mine", isSignedOut: false });
});

test("a token is kept for the tab, or for the device when that is wanted, and never for both", () => {
  const session = createSession({ tab, device });
  const heard = vi.fn();
  session.subscribe(heard);
  session.signIn("first", false);
  expect([reopened().token, reopened(storage()).token]).toEqual(["first", undefined]);
  session.signIn("second", true);
  expect([reopened().token, reopened(storage()).token]).toEqual(["second", "second"]);
  session.signOut();
  expect(session.current()).toEqual({ token: undefined, isSignedOut: true });
  expect([reopened().token, reopened(storage()).token]).toEqual([undefined, undefined]);
  expect(heard).toHaveBeenCalledTimes(3);
});
