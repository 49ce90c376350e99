import { join } from "node:path";
import { readModelDirectory } from "../../processor/inference/model-directory.ts";

/** Directory of the weights that ship. */
export const SHIPPED_MODEL = join(import.meta.dirname, "../../models/logbert-s");

/** Their name. */
export const SHIPPED_VERSION = readModelDirectory(SHIPPED_MODEL).version;
