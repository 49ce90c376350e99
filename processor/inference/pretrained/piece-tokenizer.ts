import { Tokenizer } from "@huggingface/tokenizers";
import { LRUCache } from "lru-cache";
import { ModelError } from "../model-directory.ts";
import type { TokenizerFiles } from "./tokenizer-files.ts";
import { createWordCutter, type Word } from "./word-cutter.ts";

/** A word piece and where it came from. */
export interface Piece {
  readonly id: number;
  /** Offsets into the text, in UTF-16 code units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Index of the word that the piece is a part of. */
  readonly word: number;
}

/** Ids of the tokens around and in place of pieces. */
export interface SpecialIds {
  readonly begin: number;
  readonly separator: number;
  readonly padding: number;
  /** Undefined where the tokenizer has none. */
  readonly mask: number | undefined;
}

/** Cuts texts into word pieces. */
export interface PieceTokenizer {
  /** The pieces of a text, without special tokens around them: what looks like one in a log line is plain text. */
  encode(text: string): readonly Piece[];
  readonly special: SpecialIds;
  /** How many tokens there are, special ones included. */
  readonly size: number;
}

/** Texts whose pieces are remembered: templates come again and again. */
const TEXTS_MAX = 4_096;

/**
 * Opens a WordPiece tokenizer that tells where each piece came from, which @huggingface/tokenizers does not.
 * Throws a {@link ModelError} when its files do not fit together.
 */
export function openPieceTokenizer(files: TokenizerFiles): PieceTokenizer {
  const tokenizer = open(files);
  const special = specialIds(files, tokenizer);
  const prefix = files.tokenizerJson.model.continuing_subword_prefix;
  const wordsOf = createWordCutter(
    files,
    tokenizer,
    new Set([...Object.values(special), tokenizer.model?.unk_token_id]),
  );
  const idOf = (token: string) => tokenizer.token_to_id(token) ?? tokenizer.model?.unk_token_id ?? 0;

  const piecesOf = ({ text, addedId, sourceOf }: Word, word: number): readonly Piece[] => {
    if (addedId !== undefined) return [{ id: addedId, ...sourceOf(0, text.length), word }];
    const tokens: readonly string[] = tokenizer.model?.encode([text]) ?? [];
    // One token is the whole word, or what stands for an unknown one.
    if (tokens.length === 1) return [{ id: idOf(tokens[0] ?? ""), ...sourceOf(0, text.length), word }];
    let to = 0;
    return tokens.map((token, index) => {
      const from = to;
      to += token.length - (index > 0 ? prefix.length : 0);
      return { id: idOf(token), ...sourceOf(from, to), word };
    });
  };
  const memory = new LRUCache<string, readonly Piece[]>({ max: TEXTS_MAX });

  return {
    special,
    size: tokenizer.get_vocab().size,
    encode(text) {
      const known = memory.get(text);
      if (known !== undefined) return known;
      const pieces = wordsOf(text).flatMap(piecesOf);
      memory.set(text, pieces);
      return pieces;
    },
  };
}

function open({ file, tokenizerJson, tokenizerConfig }: TokenizerFiles): Tokenizer {
  try {
    return new Tokenizer(tokenizerJson, tokenizerConfig);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(
      `${file} is no tokenizer: ${reason}`,
      "export it again: tokenizer.save_pretrained(directory) of transformers writes it",
      { cause },
    );
  }
}

function specialIds({ file, tokenizerConfig }: TokenizerFiles, tokenizer: Tokenizer): SpecialIds {
  const required = (key: "cls_token" | "sep_token" | "pad_token", usual: string) => {
    const token = tokenizerConfig[key] ?? usual;
    const id = tokenizer.token_to_id(token);
    if (id !== undefined) return id;
    throw new ModelError(`${file} lacks the token ${token}`, `name it as ${key} in tokenizer_config.json`);
  };
  return {
    begin: required("cls_token", "[CLS]"),
    separator: required("sep_token", "[SEP]"),
    padding: required("pad_token", "[PAD]"),
    mask: tokenizer.token_to_id(tokenizerConfig.mask_token ?? "[MASK]"),
  };
}
