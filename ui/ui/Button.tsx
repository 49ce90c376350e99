import type { ButtonHTMLAttributes } from "react";

/** What a button means: `primary` once a form, `danger` and `calm` for the two verdicts, `plain` for the rest. */
export type ButtonTone = "primary" | "danger" | "calm" | "plain" | "quiet";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: ButtonTone;
  /** The key that does the same, shown on the button. */
  readonly shortcut?: string;
}

/** A button that submits nothing unless told so. */
export function Button({ tone = "plain", shortcut, children, className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${tone} ${className}`}
      {...(shortcut === undefined ? {} : { "aria-keyshortcuts": shortcut })}
      {...rest}
    >
      {children}
      {shortcut === undefined ? null : (
        <span className="key" aria-hidden="true">
          {shortcut}
        </span>
      )}
    </button>
  );
}
