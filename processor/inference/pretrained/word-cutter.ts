import type { Tokenizer } from "@huggingface/tokenizers";
import { mapNormalised, type SourceMap } from "./source-map.ts";
import type { TokenizerFiles } from "./tokenizer-files.ts";

/** A run of normalised text between white space and punctuation, or a token that was added to the vocabulary as a whole. */
export interface Word {
  readonly text: string;
  readonly addedId: number | undefined;
  /** Offsets into the text of a part of the word. */
  readonly sourceOf: SourceMap["sourceOf"];
}

/**
 * Cuts a text into words as the tokenizer does, in two passes for added tokens, before and after normalising.
 * @param control ids of tokens that are no words
 */
export function createWordCutter(
  { tokenizerJson }: TokenizerFiles,
  { normalizer, pre_tokenizer: preTokenizer }: Tokenizer,
  control: ReadonlySet<number | undefined>,
): (text: string) => readonly Word[] {
  const normalise = (text: string) => normalizer?.normalize(text) ?? text;
  const added = tokenizerJson.added_tokens.filter(({ id }) => !control.has(id));
  const raw = new Map(added.filter(({ normalized }) => !normalized).map(({ id, content }) => [content, id]));
  const normal = new Map(
    added.filter(({ normalized }) => normalized).map(({ id, content }) => [normalise(content), id]),
  );

  const plainWords = (text: string, from: number, map: SourceMap): readonly Word[] => {
    let at = 0;
    const words: readonly string[] = preTokenizer?.pre_tokenize(text) ?? [text];
    return words.map((word) => {
      const start = text.indexOf(word, at);
      at = start + word.length;
      return { text: word, addedId: undefined, sourceOf: shifted(map.sourceOf, from + start) };
    });
  };
  const normalisedWords = (text: string, offset: number): readonly Word[] => {
    const map = mapNormalised(text, offset, normalise);
    return splitAtTokens(map.text, normal).flatMap(({ start, text: part, id }) =>
      id === undefined
        ? plainWords(part, start, map)
        : [{ text: part, addedId: id, sourceOf: shifted(map.sourceOf, start) }],
    );
  };
  return (text) =>
    splitAtTokens(text, raw).flatMap(({ start, text: part, id }) =>
      id === undefined
        ? normalisedWords(part, start)
        : [{ text: part, addedId: id, sourceOf: (from, to) => ({ start: start + from, end: start + to }) }],
    );
}

function shifted(sourceOf: SourceMap["sourceOf"], by: number): SourceMap["sourceOf"] {
  return (from, to) => sourceOf(from + by, to + by);
}

interface Section {
  readonly start: number;
  readonly text: string;
  /** Of the added token; undefined for what lies between them. */
  readonly id: number | undefined;
}

/** Cuts a text at added tokens, the longest first where several fit; empty sections are left out. */
function splitAtTokens(text: string, tokens: ReadonlyMap<string, number>): readonly Section[] {
  if (tokens.size === 0) return text === "" ? [] : [{ start: 0, text, id: undefined }];
  const contents = [...tokens.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${contents.map(escaped).join("|")})`, "u");
  let start = 0;
  return text
    .split(pattern)
    .map((part) => {
      start += part.length;
      return { start: start - part.length, text: part, id: tokens.get(part) };
    })
    .filter(({ text: part }) => part !== "");
}

function escaped(content: string): string {
  return content.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
