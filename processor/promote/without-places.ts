import { basename, resolve } from "node:path";

/** Two names or more below the root; what stands in a URL or within a word is none. */
const ABSOLUTE_PATH = /(?<![\w./-])(?:\/[^\s/'"`:;,()<>]+)+\/([^\s/'"`:;,()<>]+)\/?/g;
/** What is before a path that is the rear part of a longer one. */
const WITHIN_PATH = /[^\s'"`:;,()<>=[{|]$/;
/** What is behind a whole name. */
const NAME_END = /^(?:$|[\s/'"`:;,()<>]|[.!?\]}]+(?:\s|$))/;

/**
 * What went wrong, for people who need not know where on the machine its files are: those in `directories` are named from
 * there on, all others by their last name.
 */
export function withoutPlaces(text: string, directories: readonly string[]): string {
  const deepestFirst = directories.map((directory) => resolve(directory)).sort((a, b) => b.length - a.length);
  const within = deepestFirst.reduce(withoutPlace, text.replaceAll("file:///", "/"));
  return within.replaceAll(ABSOLUTE_PATH, "$1");
}

/** The directory's name alone, and what is in it without that. */
function withoutPlace(text: string, directory: string): string {
  return text
    .replaceAll(`${directory}/`, (path, at: number, whole: string) =>
      WITHIN_PATH.test(whole.slice(0, at)) || NAME_END.test(whole.slice(at + path.length)) ? path : "",
    )
    .replaceAll(directory, (path, at: number, whole: string) =>
      WITHIN_PATH.test(whole.slice(0, at)) || !NAME_END.test(whole.slice(at + path.length))
        ? path
        : basename(directory),
    );
}
