import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "../navigation.ts";

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
  readonly isReplacing?: boolean;
}

/** A link within the UI: a plain click stays on the page, everything else (new tab, copy) is the browser's. */
export function Link({ href, isReplacing = false, ...rest }: LinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href, { replace: isReplacing });
  };
  return <a href={href} onClick={onClick} {...rest} />;
}
