import { Fragment } from "react";
import { visibleText } from "../format/visible-text.ts";

const PLACEHOLDER = /(<[^<>\s]{1,40}>)/;

/** A text that quotes templates, shown as {@link LogText} is: placeholders such as <*> are set apart from the words. */
export function PlaceholderText({ text }: { readonly text: string }) {
  let offset = 0;
  const parts = text.split(PLACEHOLDER).map((part, index) => {
    // Where a text begins with a placeholder, two parts begin at the same place.
    const key = `${offset}-${index % 2}`;
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
