import type { TextScore } from "../../detect/pretrained-scorer.ts";
import type { EncodedWindow } from "./encode-window.ts";

/** A window with the text that its judged pieces point into. */
export interface TextWindow extends EncodedWindow {
  readonly judged: string;
}

/** What a kind of model makes of windows, through its graph. */
export interface TextModel {
  score(windows: readonly TextWindow[]): Promise<readonly TextScore[]>;
  /** The same, with the weight of each word of each judged text. */
  explain(windows: readonly TextWindow[]): Promise<readonly TextScore[]>;
}
