import type { TemplateMatch } from "../../../processor/template/template-miner.ts";

/** Numbers templates in the order in which they are first mined. */
export interface TemplateTable {
  indexOf(match: TemplateMatch): number;
  /** From here on the texts of the templates that are known stay as they are: what they become later is not known yet. */
  keepTexts(): void;
  texts(): readonly string[];
}

/** An empty table. */
export function createTemplateTable(): TemplateTable {
  const indexes = new Map<string, number>();
  const texts: string[] = [];
  let kept = 0;
  return {
    indexOf({ templateId, template }) {
      const index = indexes.get(templateId) ?? indexes.size;
      indexes.set(templateId, index);
      if (index >= kept) texts[index] = template;
      return index;
    },
    keepTexts() {
      kept = texts.length;
    },
    texts: () => texts,
  };
}
