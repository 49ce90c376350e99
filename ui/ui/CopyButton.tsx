import { useState } from "react";
import { Button } from "./Button.tsx";

const TOLD_MS = 2_000;

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who do not see where the button stands. Example: "trace id" */
  readonly what: string;
  readonly children?: string;
}

/** Puts a text on the clipboard and says so; browsers allow it on https and on localhost alone. */
export function CopyButton({ text, what, children = "Copy" }: CopyButtonProps) {
  const [told, setTold] = useState("");
  const copy = async () => {
    setTold(await written(text));
    setTimeout(() => setTold(""), TOLD_MS);
  };
  return (
    <>
      <Button
        tone="quiet"
        {...(told === "" ? { "aria-label": `${children} ${what}` } : {})}
        onClick={() => void copy()}
      >
        {told === "" ? children : told}
      </Button>
      <span className="visually-hidden" role="status">
        {told === "" ? "" : `${told}: ${what}`}
      </span>
    </>
  );
}

async function written(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "Copying is not allowed here";
  }
}
