import { UsageError } from "../../exit-code.ts";

/** A data set that cannot be used: says which file and line, and what to do about it. Exit code 2. */
export function dataError(file: string, line: number | undefined, problem: string): UsageError {
  const place = line === undefined ? file : `${file}, line ${line}`;
  return new UsageError(
    `${place}: ${problem}; name with --data a directory that holds the public data sets as published (docs/detection.md)`,
  );
}
