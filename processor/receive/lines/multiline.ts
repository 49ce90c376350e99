/** Limits of one joined record. */
export interface MultilineLimits {
  readonly linesMax: number;
  /** In UTF-16 code units. */
  readonly charactersMax: number;
}

/** Joins the lines of stack traces to the line that they belong to. `Item` carries a line's text and whatever else is known of it. */
export interface Multiline<Item> {
  /** The record that the line has completed, if any. */
  push(item: Item): readonly Item[] | undefined;
  /** The record that was waiting for more lines. */
  flush(): readonly Item[] | undefined;
}

const CONTINUATION =
  /^(?:\s|at |Caused by:|Suppressed:|\.\.\. ?\d{0,6}|Traceback \(most recent call last\)|During handling of the above|The above exception was|goroutine \d{1,10} \[|created by |\})/;
/** A Java exception's class on a line of its own, or the last line of a Python traceback. */
const EXCEPTION =
  /^(?:[A-Za-z_$][\w$]{0,63}\.){0,12}[A-Z][\w$]{0,127}(?:Error|Exception|Exit|Interrupt|Warning)(?::|$)/;
const FRAME_OF_GO = /^[\w./*()[\]{}$-]{1,256}\([^)]{0,512}\)$/;

/**
 * A line continues a record when it is indented, starts like a stack frame or a cause, or names an exception alone.
 * Blank lines are dropped. A record at its limit ends; what follows starts the next one, so that nothing is lost.
 */
export function createMultiline<Item>(
  textOf: (item: Item) => string,
  limits: MultilineLimits,
): Multiline<Item> {
  let pending: Item[] = [];
  let characters = 0;
  let isGoTrace = false;

  const flush = () => {
    const record = pending;
    pending = [];
    characters = 0;
    isGoTrace = false;
    return record.length === 0 ? undefined : record;
  };

  return {
    push(item) {
      const text = textOf(item);
      if (text.trim() === "") return undefined;
      const isMore = CONTINUATION.test(text) || EXCEPTION.test(text) || (isGoTrace && FRAME_OF_GO.test(text));
      const hasRoom = pending.length < limits.linesMax && characters + text.length <= limits.charactersMax;
      const complete = isMore && hasRoom ? undefined : flush();
      isGoTrace ||= text.startsWith("goroutine ");
      pending.push(item);
      characters += text.length + 1;
      return complete;
    },
    flush,
  };
}
