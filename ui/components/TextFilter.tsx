import { useRef } from "react";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { useTyped } from "../ui/use-typed.ts";

interface TextFilterProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Text in the body or template; the key / leads here. */
export function TextFilter({ text, onChange }: TextFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTyped(text, onChange);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <label className="text-filter">
      <span className="visually-hidden">Text in the body or template</span>
      <input
        ref={input}
        type="search"
        value={typed}
        maxLength={200}
        placeholder="Filter by text"
        aria-keyshortcuts="/"
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
