import { Fragment } from "react";
import { visibleText } from "../format/visible-text.ts";

const PLACEHOLDER = /(<[^<>\s]{1,40}>)/;

/** A text that quotes templates, shown as {@link LogText} is: placeholders such as <*> are set apart from the words. */
export function PlaceholderText({ text }: { readonly text: string }) {
  let offset = 0;
  const parts = text.split(PLACEHOLDER).map((part, index) => {
    const key = offset;
    offset += part.length;
    if (index % 2 === 0) return <Fragment key={key}>{visibleText(part)}</Fragment>;
    return (
      <span key={key} className="placeholder">
        {visibleText(part)}
      </span>
    );
  });
  return <bdi>{parts}</bdi>;
}
