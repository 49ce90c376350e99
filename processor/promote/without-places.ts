import { basename, resolve } from "node:path";

/** Two names or more below the root; what stands in a URL or within a word is none. */
const ABSOLUTE_PATH = /(?<![\w.:/-])(?:\/[^\s/'"`:;,()<>]+)+\/([^\s/'"`:;,()<>]+)\/?/g;

/**
 * What went wrong, for people who need not know where on the machine its files are: those in `directories` are named from
 * there on, all others by their last name.
 */
export function withoutPlaces(text: string, directories: readonly string[]): string {
  const deepestFirst = directories.map((directory) => resolve(directory)).sort((a, b) => b.length - a.length);
  const within = deepestFirst.reduce(
    (shorter, directory) =>
      shorter.replaceAll(`${directory}/`, "").replaceAll(directory, basename(directory)),
    text.replaceAll("file:///", "/"),
  );
  return within.replaceAll(ABSOLUTE_PATH, "$1");
}
