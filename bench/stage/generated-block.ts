/**
 * The text with the named block filled anew; what is outside of the block stays as it is. A block that is not there yet is added at the end, under a heading.
 * Blocks are between `<!-- generated: NAME -->` and `<!-- end of NAME -->`.
 */
export function fillBlock(text: string, name: string, title: string, content: string): string {
  const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`];
  const block = `${begin}\n\n${content.trim()}\n\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1) return `${text.trimEnd()}\n\n### ${title}\n\n${block}\n`;
  if (to < from) throw new Error(`the block ${name} has a beginning and no end`);
  return text.slice(0, from) + block + text.slice(to + end.length);
}
