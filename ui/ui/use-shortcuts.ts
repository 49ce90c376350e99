import { useEffect, useRef } from "react";

/** Keys and what they do; a key is what {@link shortcutKey} makes of it. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Single keys that work anywhere on the page, except while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isBusy(event.target) || isPressed(event.target, event.key)) return;
      const action = latest.current[shortcutKey(event)];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/**
 * What KeyboardEvent.key would say without Caps Lock: that "E" means more than "e" must not depend on it.
 *
 * Example: key "E" without Shift -> "e"; key "e" with Shift -> "E"; "?" -> "?"
 */
export function shortcutKey({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): string {
  if (key.length !== 1) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** Inputs that nobody types a letter into. */
const WITHOUT_TEXT = ["radio", "checkbox", "range", "button", "submit"];

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  if (target instanceof HTMLInputElement) return !WITHOUT_TEXT.includes(target.type);
  return target instanceof HTMLElement && target.matches("textarea, select, [contenteditable]");
}

/** Whether the browser itself does what the key means to the element that has the focus. */
function isPressed(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === " ") return target.matches("button, summary, input");
  return key === "Enter" && target.matches("a[href], button, summary");
}
