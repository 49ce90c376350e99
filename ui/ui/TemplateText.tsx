import { PlaceholderText } from "./PlaceholderText.tsx";

/** A template, with its placeholders set apart from its words. */
export function TemplateText({ text }: { readonly text: string }) {
  return (
    <code className="template">
      <PlaceholderText text={text} />
    </code>
  );
}
