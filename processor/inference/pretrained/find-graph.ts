import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ModelError } from "../model-directory.ts";

/** Where exporters put the graph: the directory itself, or a folder of its own as in repositories on the Hub. */
const FOLDERS = ["", "onnx"];
const GRAPH = "model.onnx";

/**
 * The ONNX file of a model directory: the named one, else model.onnx, else onnx/model.onnx, else the only one there is.
 * Throws a {@link ModelError} when there is none or the choice is not clear.
 * @param named `inference.graph_file`, relative to the directory; empty: not named
 */
export function findGraph(directory: string, named: string): string {
  if (named !== "") {
    const path = join(directory, named);
    if (existsSync(path)) return path;
    throw new ModelError(`${path}, named by inference.graph_file, does not exist`, foundIn(directory));
  }
  const usual = FOLDERS.map((folder) => join(directory, folder, GRAPH)).find((path) => existsSync(path));
  if (usual !== undefined) return usual;
  const files = graphsIn(directory);
  const [only] = files;
  if (only !== undefined && files.length === 1) return join(directory, only);
  if (files.length === 0)
    throw new ModelError(
      `${directory} holds no ONNX graph (${GRAPH} or onnx/${GRAPH})`,
      `export one: optimum-cli export onnx --model ${directory} --task text-classification OUT (or --task fill-mask)`,
    );
  throw new ModelError(
    `${directory} holds several ONNX graphs and none of them is ${GRAPH}: ${files.join(", ")}`,
    "name one of them by inference.graph_file",
  );
}

function graphsIn(directory: string): readonly string[] {
  return FOLDERS.flatMap((folder) => {
    const path = join(directory, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.endsWith(".onnx"))
      .sort()
      .map((name) => join(folder, name));
  });
}

function foundIn(directory: string): string {
  const files = graphsIn(directory);
  return files.length === 0
    ? `there is no ONNX file in ${directory}`
    : `name one of: ${files.join(", ")}, or leave it empty for ${GRAPH}`;
}
