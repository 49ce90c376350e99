import { join } from "node:path";
import { z } from "zod";
import { ModelError } from "../model-directory.ts";
import { readModelJson, readOptionalModelJson } from "./model-file.ts";

/** A special token in tokenizer_config.json: its text, or an object with it. */
const specialToken = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();
const tokenizerConfig = z.looseObject({
  model_max_length: z.number().positive().optional(),
  cls_token: specialToken,
  sep_token: specialToken,
  mask_token: specialToken,
  pad_token: specialToken,
});
/** A part of tokenizer.json; a sequence holds further ones. */
const component = z.looseObject({
  type: z.string(),
  normalizers: z.array(z.looseObject({ type: z.string() })).optional(),
  pretokenizers: z.array(z.looseObject({ type: z.string() })).optional(),
});
const tokenizerJson = z.looseObject({
  model: z.looseObject({ type: z.string().optional(), continuing_subword_prefix: z.string().default("##") }),
  normalizer: component.nullable(),
  pre_tokenizer: component.nullable(),
  added_tokens: z.array(
    z.looseObject({ id: z.int().min(0), content: z.string().min(1), normalized: z.boolean().default(false) }),
  ),
});

/** The tokenizer's files, read: plain data. */
export interface TokenizerFiles {
  /** Path of tokenizer.json, for errors. */
  readonly file: string;
  readonly tokenizerJson: z.infer<typeof tokenizerJson>;
  readonly tokenizerConfig: z.infer<typeof tokenizerConfig>;
}

/** What keeps every piece a run of the text's own characters, so that offsets can be told. */
const MODELS = ["WordPiece"];
const NORMALIZERS = ["BertNormalizer", "Lowercase", "StripAccents", "NFD", "Sequence"];
const PRE_TOKENIZERS = [
  "BertPreTokenizer",
  "Whitespace",
  "WhitespaceSplit",
  "Punctuation",
  "Digits",
  "Sequence",
];

/** Reads tokenizer.json and what lies beside it. Throws a {@link ModelError} when it is missing or of a kind that is not supported. */
export function readTokenizerFiles(directory: string): TokenizerFiles {
  const file = join(directory, "tokenizer.json");
  const json = readModelJson(file, tokenizerJson);
  requireTypes(file, "model", [json.model.type ?? "(unnamed)"], MODELS);
  requireTypes(file, "normalizer", typesOf(json.normalizer), NORMALIZERS);
  requireTypes(file, "pre_tokenizer", typesOf(json.pre_tokenizer), PRE_TOKENIZERS);
  const special = readOptionalModelJson(join(directory, "special_tokens_map.json"), tokenizerConfig);
  const config = readOptionalModelJson(join(directory, "tokenizer_config.json"), tokenizerConfig);
  return { file, tokenizerJson: json, tokenizerConfig: { ...special, ...config } };
}

function typesOf(part: z.infer<typeof component> | null): readonly string[] {
  if (part === null) return [];
  const inner = part.normalizers ?? part.pretokenizers ?? [];
  return [part.type, ...inner.map(({ type }) => type)];
}

function requireTypes(
  file: string,
  part: string,
  types: readonly string[],
  supported: readonly string[],
): void {
  const strange = types.filter((type) => !supported.includes(type));
  if (strange.length === 0) return;
  throw new ModelError(
    `${file}: the ${part} ${strange.join(", ")} is not supported (only ${supported.join(", ")})`,
    "use a model with a WordPiece tokenizer, as BERT, DistilBERT, ELECTRA and MobileBERT have it",
  );
}
