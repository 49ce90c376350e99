import { visibleText } from "../format/visible-text.ts";

/** Text that came with the logs: shown as text, signs for what cannot be seen, and no influence on the order of what stands around it. */
export function LogText({ text }: { readonly text: string }) {
  return <bdi>{visibleText(text)}</bdi>;
}
